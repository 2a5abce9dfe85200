import { methods } from './base.ts'

const { objects } = methods

export const objectsMethods = objects.router({
  ids: objects.ids.handler(async ({ context, input }) => {
    const { annotations, learning } = context.desk.need()
    const list = await annotations.ids(input.filter, input.order)
    return input.order === 'workList' ? { ...list, ids: await learning.workList(list.ids) } : list
  }),
  cards: objects.cards.handler(({ context, input }) => context.desk.need().annotations.cards(input.ids)),
  record: objects.record.handler(({ context, input }) => {
    const { annotations, originals } = context.desk.need()
    originals.look(input.objectId)
    return annotations.record(input.objectId)
  })
})
