import { methods } from './base.ts'

const { objects } = methods

export const objectsMethods = objects.router({
  ids: objects.ids.handler(({ context, input }) => context.desk.need().annotations.ids(input.filter, input.order)),
  cards: objects.cards.handler(({ context, input }) => context.desk.need().annotations.cards(input.ids)),
  record: objects.record.handler(({ context, input }) => context.desk.need().annotations.record(input.objectId))
})
