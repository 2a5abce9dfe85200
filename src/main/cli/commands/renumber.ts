import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Doubles, NumberTrial } from '../../../shared/model/numbering.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import { personSettings, type Action, type Run } from '../run.ts'

interface RenumberOptions {
  readonly catalogue: string
  readonly pattern: string
  readonly import?: number
  readonly doubles?: Doubles
  readonly dryRun?: boolean
  readonly person?: string
}

/** `renumber C --pattern P [--dry-run]`: gives objects the numbers that a pattern reads from their file names, as one action. */
export const renumber: Action<RenumberOptions> = (run, options) =>
  run.withCore({ settings: personSettings(options.person) }, async (core) => {
    const { path } = await core.call.catalogue.open({ path: resolve(options.catalogue) })
    const wish = { pattern: options.pattern, scope: { importJob: options.import ?? null } }
    if (options.dryRun === true) {
      const trial = await core.call.numbers.try(wish)
      if (trial.error !== null) throw AppError.told(trial.error)
      tellTrial(run, trial)
      run.terminal.give(trial)
      return exitCode.done
    }
    const { result } = await followJob(run, core, () => core.call.numbers.start({ ...wish, doubles: options.doubles ?? 'refuse' }))
    const [action = 0, objects = 0, leftOut = 0] = ['actionId', 'objects', 'leftOut'].map((name) => Number(result?.[name] ?? 0))
    run.terminal.say(run.words('renumber.done', { objects, leftOut, path, action }))
    run.terminal.give({ action, objects, leftOut })
    return leftOut > 0 ? exitCode.doneWithRefused : exitCode.done
  })

function tellTrial({ words, terminal }: Run, { changes, objects, changed, same, unmatched, doubles }: NumberTrial): void {
  for (const { file, before, after, double } of changes)
    terminal.say(words(double ? 'renumber.double' : 'renumber.line', { file, before: before ?? words('renumber.none'), after }))
  terminal.say(words('renumber.trial', { objects, changed, same, unmatched, doubles }))
}
