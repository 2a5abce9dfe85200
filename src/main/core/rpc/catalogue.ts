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
  saveElsewhere: catalogue.saveElsewhere.handler(async ({ context, input }) => (await context.desk.saveElsewhere(input.folder)).summary()),
  statistics: catalogue.statistics.handler(({ context }) => context.desk.need().annotations.statistics())
})
