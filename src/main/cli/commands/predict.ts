import { resolve } from 'node:path'
import type { Settings } from '../../../shared/model/settings.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action, Run } from '../run.ts'

export interface ModelChoices {
  readonly model?: string
  readonly device?: Settings['device']
}

export interface PredictResult {
  readonly jobId: number
  readonly images: number
  readonly refused: number
  readonly device: string
}

/** Settings for this command only; the saved ones do not change. */
export function modelSettings({ model, device }: ModelChoices): Partial<Settings> {
  return { ...(model === undefined ? {} : { modelBundle: model }), ...(device === undefined ? {} : { device }) }
}

/** `predict --catalogue C`: suggests terms for the images that have no suggestions, or again for all. */
export const predict: Action<ModelChoices & { catalogue: string; all?: boolean }> = (run, options) =>
  run.withCore({ settings: modelSettings(options) }, async (core) => {
    await core.call.catalogue.open({ path: resolve(options.catalogue) })
    const result = await predictAll(run, core, options.all === true ? 'all' : 'missing')
    tellPredict(run, result)
    run.terminal.give(result)
    return result.refused > 0 ? exitCode.doneWithRefused : exitCode.done
  })

/** Runs the model on the open catalogue. */
export async function predictAll(run: Run, core: Core, scope: 'missing' | 'all'): Promise<PredictResult> {
  const job = await followJob(run, core, () => core.call.predictions.start({ scope }))
  const { device } = await core.call.app.device()
  const refused = job.counts['refused'] ?? 0
  return { jobId: job.id, images: job.done - refused, refused, device }
}

export function tellPredict({ words, terminal }: Run, { images }: PredictResult): void {
  terminal.say(words('predict.done', { images }))
}
