import { methods } from './base.ts'

const { learning } = methods

export const learningMethods = learning.router({
  state: learning.state.handler(({ context }) => context.desk.need().learning.state()),
  curve: learning.curve.handler(({ context }) => context.desk.need().learning.curve()),
  set: learning.set.handler(({ context, input }) => context.desk.need().learning.set(input.on)),
  reset: learning.reset.handler(({ context }) => context.desk.need().learning.reset()),
  start: learning.start.handler(async ({ context }) => ({ jobId: await context.desk.need().startLearning() })),
  why: learning.why.handler(({ context, input }) => context.desk.need().learning.why(input.objectId, input.term))
})
