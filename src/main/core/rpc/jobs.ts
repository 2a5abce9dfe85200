import { methods } from './base.ts'

const { jobs } = methods

export const jobsMethods = jobs.router({
  list: jobs.list.handler(async ({ context }) => (await context.desk.current()?.jobs.list()) ?? []),
  stop: jobs.stop.handler(({ context, input }) => context.desk.need().jobs.stop(input.jobId)),
  resume: jobs.resume.handler(({ context, input }) => context.desk.need().jobs.resume(input.jobId))
})
