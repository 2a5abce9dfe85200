import { methods } from './base.ts'

const { changes } = methods

export const changesMethods = changes.router({
  profiles: changes.profiles.handler(({ context }) => context.desk.need().changes.profiles()),
  saveProfile: changes.saveProfile.handler(({ context, input }) => context.desk.need().changes.saveProfile(input)),
  removeProfile: changes.removeProfile.handler(({ context, input }) => context.desk.need().changes.removeProfile(input.name)),
  summary: changes.summary.handler(({ context, input }) => context.desk.need().changes.summary(input.since)),
  start: changes.start.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startChanges(input) }))
})
