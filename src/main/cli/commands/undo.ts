import { resolve } from 'node:path'
import { exitCode } from '../exit-code.ts'
import { followIfAny } from '../follow-job.ts'
import { personSettings, type Action } from '../run.ts'

/** `undo --catalogue C`: undoes the person's last action; an acceptance by rule is undone as a whole. */
export const undo: Action<{ catalogue: string; person?: string }> = (run, { catalogue, person }) =>
  run.withCore({ settings: personSettings(person) }, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const { started, job } = await followIfAny(run, core, () => core.call.history.undo())
    const { action } = started
    const kept = Number(job?.result?.['kept'] ?? started.kept)
    if (action === null) run.terminal.say(run.words('undo.nothing'))
    else run.terminal.say(run.words('undo.done', { changes: action.changes, objects: action.objects, kept }))
    run.terminal.give({ action, kept })
    return exitCode.done
  })
