import { validateFile } from '../exchange/validate.ts'
import { methods } from './base.ts'

const { exports } = methods

export const exportsMethods = exports.router({
  check: exports.check.handler(({ context, input }) => context.desk.need().checkExport(input)),
  start: exports.start.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startExport(input) })),
  print: exports.print.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startPrint(input) })),
  validate: exports.validate.handler(({ context: { vocabulary, resources }, input }) =>
    validateFile(input.file, { vocabulary, schemaFolder: resources.lidoSchema })
  )
})
