import { picturesOf } from '../app/overview.ts'
import { openSample } from '../app/sample.ts'
import { methods } from './base.ts'

const { catalogue } = methods

export const catalogueMethods = catalogue.router({
  recent: catalogue.recent.handler(({ context }) => context.desk.recent()),
  forget: catalogue.forget.handler(async ({ context, input }) => {
    await context.recent.forget(input.path)
    return await context.desk.recent()
  }),
  current: catalogue.current.handler(async ({ context }) => (await context.desk.current()?.summary()) ?? null),
  create: catalogue.create.handler(async ({ context, input }) => (await context.desk.create(input.folder, input.name)).summary()),
  open: catalogue.open.handler(async ({ context, input }) => (await context.desk.open(input.path)).summary()),
  openSample: catalogue.openSample.handler(({ context }) => openSample(context, context.desk)),
  close: catalogue.close.handler(async ({ context }) => {
    await context.desk.close()
    return {}
  }),
  pictures: catalogue.pictures.handler(({ context, input }) => picturesOf(input.path, context.recent.picturesOf(input.path))),
  view: catalogue.view.handler(({ context, input }) => context.recent.viewOf(input.path)),
  keepView: catalogue.keepView.handler(async ({ context, input }) => {
    // A convenience: a failed write is ignored.
    await context.recent
      .keepView(input.path, input.view)
      .catch((error: unknown) => context.log.warn({ err: error }, 'place in the catalogue not kept'))
    return {}
  }),
  saveElsewhere: catalogue.saveElsewhere.handler(async ({ context, input }) => (await context.desk.saveElsewhere(input.folder)).summary()),
  statistics: catalogue.statistics.handler(({ context }) => context.desk.need().annotations.statistics())
})
