import { methods } from './base.ts'

const { imports } = methods

export const importsMethods = imports.router({
  tryPattern: imports.tryPattern.handler(({ context, input }) =>
    context.desk.need().imports.tryPattern(input.folder, input.pattern, input.acrossFolders, input.files)
  ),
  preview: imports.preview.handler(({ context, input }) => context.desk.need().preview(input.folder, input.name)),
  start: imports.start.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startImport(input) })),
  report: imports.report.handler(({ context, input }) => context.desk.need().imports.report(input)),
  saveReport: imports.saveReport.handler(({ context, input }) => context.desk.need().imports.saveReport(input)),
  retry: imports.retry.handler(async ({ context, input }) => ({ jobId: await context.desk.need().imports.retry(input.jobId) }))
})
