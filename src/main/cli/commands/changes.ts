import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action } from '../run.ts'

interface ChangesChoices {
  readonly catalogue: string
  readonly since?: string
  readonly sinceExport?: boolean
  readonly profile: string
  readonly out: string
  readonly force?: boolean
}

/** `changes --catalogue C (--since DATE | --since-export) --profile NAME --out FILE`: writes what changed, for the museum's collection system. */
export const changes: Action<ChangesChoices> = (run, { catalogue, since, sinceExport = false, profile, out, force = false }) => {
  if (since === undefined && !sinceExport) throw new AppError('usage.noSince')
  return run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const options = { format: 'changes', since: since ?? null, profile, file: resolve(out), overwrite: force } as const
    const { result } = await followJob(run, core, () => core.call.changes.start(options))
    const given = {
      file: options.file,
      since: result?.['since'] ?? null,
      objects: Number(result?.['objects'] ?? 0),
      changes: Number(result?.['changes'] ?? 0)
    }
    run.terminal.say(run.words('changes.done', { file: given.file, objects: given.objects, changes: given.changes }))
    run.terminal.give(given)
    return exitCode.done
  })
}
