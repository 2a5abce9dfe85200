import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import { personSettings, type Action } from '../run.ts'

interface AcceptOptions {
  readonly catalogue: string
  readonly top?: number
  readonly minConfidence?: number
  readonly reason: string
  readonly person?: string
}

/** `accept --catalogue C (--top N | --min-confidence P) --reason TEXT`: accepts suggestions by a recorded rule. */
export const accept: Action<AcceptOptions> = (run, { catalogue, top, minConfidence, reason, person }) => {
  if (top === undefined && minConfidence === undefined) throw new AppError('usage.ruleMissing')
  return run.withCore({ settings: personSettings(person) }, async (core) => {
    const { path } = await core.call.catalogue.open({ path: resolve(catalogue) })
    const rule = { top: top ?? null, minProbability: minConfidence ?? null, reason }
    const { result } = await followJob(run, core, () => core.call.decisions.acceptRule(rule))
    const [action, changes, objects] = ['actionId', 'changes', 'objects'].map((name) => Number(result?.[name] ?? 0))
    run.terminal.say(run.words('accept.done', { changes: changes ?? 0, objects: objects ?? 0, path }))
    run.terminal.give({ action, changes, objects })
    return exitCode.done
  })
}
