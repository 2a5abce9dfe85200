import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { exitCode } from '../exit-code.ts'
import { personSettings, type Action } from '../run.ts'

interface AcceptOptions {
  readonly catalogue: string
  readonly top?: number
  readonly minConfidence?: number
  readonly reason: string
  readonly person?: string
}

/** `accept --catalogue C (--top N | --min-confidence P) --reason TEXT`: accepts suggestions by a rule that is recorded. */
export const accept: Action<AcceptOptions> = (run, { catalogue, top, minConfidence, reason, person }) => {
  if (top === undefined && minConfidence === undefined) throw new AppError('usage.ruleMissing')
  return run.withCore({ settings: personSettings(person) }, async (core) => {
    const { path } = await core.call.catalogue.open({ path: resolve(catalogue) })
    const action = await core.call.decisions.acceptRule({ top: top ?? null, minProbability: minConfidence ?? null, reason })
    run.terminal.say(run.words('accept.done', { changes: action.changes, objects: action.objects, path }))
    run.terminal.give({ action: action.id, changes: action.changes, objects: action.objects })
    return exitCode.done
  })
}
