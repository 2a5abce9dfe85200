import { resolve } from 'node:path'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import { personSettings, type Action } from '../run.ts'

interface FindMovedOptions {
  readonly folder: string
  readonly catalogue: string
  readonly dryRun?: boolean
  readonly person?: string
}

/** `find-moved FOLDER --catalogue C [--dry-run]`: finds originals that were moved and remembers where they are, as one action. */
export const findMoved: Action<FindMovedOptions> = (run, { folder, catalogue, dryRun = false, person }) =>
  run.withCore({ settings: personSettings(person) }, async (core) => {
    const { path } = await core.call.catalogue.open({ path: resolve(catalogue) })
    const { result } = await followJob(run, core, () => core.call.originals.findMoved({ folder: resolve(folder), dryRun }))
    const [files = 0, missing = 0, found = 0] = ['files', 'missing', 'found'].map((name) => Number(result?.[name] ?? 0))
    const action = result?.['actionId'] ?? null
    run.terminal.say(run.words(dryRun ? 'findMoved.trial' : 'findMoved.done', { files, missing, found }))
    if (action !== null) run.terminal.say(run.words('findMoved.undo', { path, action }))
    run.terminal.give({ files, missing, found, action, dryRun })
    return found < missing ? exitCode.doneWithRefused : exitCode.done
  })
