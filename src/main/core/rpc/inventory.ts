import { spreadsheetsIn } from '../inventory/spreadsheets.ts'
import { methods } from './base.ts'

const { inventory, fields } = methods

export const inventoryMethods = inventory.router({
  examine: inventory.examine.handler(({ context, input }) => context.desk.need().inventory.examine(input.file, input.sheet)),
  filesIn: inventory.filesIn.handler(async ({ input }) => ({ files: await spreadsheetsIn(input.folder) })),
  plan: inventory.plan.handler(({ context, input }) => context.desk.need().inventory.plan(input)),
  link: inventory.link.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startLink(input) })),
  linked: inventory.linked.handler(({ context }) => context.desk.need().inventory.linked())
})

export const fieldsMethods = fields.router({
  list: fields.list.handler(({ context }) => context.desk.need().inventory.fields()),
  add: fields.add.handler(({ context, input }) => context.desk.need().inventory.addField(input)),
  change: fields.change.handler(({ context, input }) => context.desk.need().inventory.changeField(input)),
  order: fields.order.handler(({ context, input }) => context.desk.need().inventory.orderFields(input.ids))
})
