import { methods } from './base.ts'

const { predictions, models } = methods

export const predictionsMethods = predictions.router({
  start: predictions.start.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startPrediction(input.scope) })),
  prioritise: predictions.prioritise.handler(async ({ context, input }) => {
    await context.desk.need().predictions.prioritise(input.objectId)
    return {}
  })
})

export const modelsMethods = models.router({
  list: models.list.handler(({ context }) => context.inference.bundles()),
  card: models.card.handler(async ({ context, input }) => ({ markdown: await context.inference.card(input.id, input.version) }))
})
