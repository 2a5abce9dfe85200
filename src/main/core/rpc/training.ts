import { listBundles } from '../inference/activation.ts'
import { compareBundles } from '../training/compare.ts'
import { checkSshMachine } from '../training/remote/ssh-host.ts'
import { methods } from './base.ts'

const { training } = methods

/** For callers that cannot go away. */
const never = new AbortController().signal

export const trainingMethods = training.router({
  set: training.set.handler(({ context }) => context.desk.need().training.set()),
  environment: training.environment.handler(({ context, signal }) => context.python.look(signal ?? never)),
  setUp: training.setUp.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startSetUp(input.python) })),
  start: training.start.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startTraining(input) })),
  state: training.state.handler(({ context, input }) => context.desk.need().training.state(input.jobId)),
  checkRemote: training.checkRemote.handler(({ context, input, signal }) =>
    checkSshMachine(input, context.trainer.source, signal ?? never)
  ),
  compare: training.compare.handler(async ({ context: { inference, settings, events, vocabulary }, input }) =>
    compareBundles(await listBundles({ inference, settings, publish: events.publish }), input, vocabulary)
  )
})
