import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { CoreContext } from '../app/context.ts'
import { activateBundle, goBack, listBundles, type ActivationParts } from '../inference/activation.ts'
import { logBug } from '../log/log.ts'
import { methods } from './base.ts'

const { predictions, models } = methods

export const predictionsMethods = predictions.router({
  start: predictions.start.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startPrediction(input.scope) })),
  openList: predictions.openList.handler(({ context, input }) => context.desk.need().writeOpenList(input.file, input.overwrite)),
  prioritise: predictions.prioritise.handler(({ context, input }) => {
    // The suggestions arrive as an event: the page need not wait for a model that may only be starting.
    const workspace = context.desk.need()
    const seen = workspace.predictions.prioritise(input.objectId).then(() => workspace.learning.look(input.objectId))
    seen.catch((error: unknown) => {
      const foreseen = error instanceof AppError || error instanceof Cancelled
      if (foreseen) context.log.warn({ err: error, objectId: input.objectId }, 'picture on screen not predicted')
      else logBug(context.log, error, 'picture on screen')
    })
    return {}
  })
})

export const modelsMethods = models.router({
  list: models.list.handler(({ context }) => listBundles(activation(context))),
  card: models.card.handler(async ({ context, input }) => context.inference.card(input.id, input.version, input.language)),
  activate: models.activate.handler(({ context, input, signal }) => activateBundle(activation(context), input, signal)),
  back: models.back.handler(({ context, signal }) => goBack(activation(context), signal))
})

function activation({ inference, settings, events }: CoreContext): ActivationParts {
  return { inference, settings, publish: events.publish }
}
