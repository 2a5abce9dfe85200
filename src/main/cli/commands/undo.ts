import { resolve } from 'node:path'
import type { ChangedObject } from '../../../shared/model/history.ts'
import type { Core } from '../../core/core.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import { followIfAny, followJob } from '../follow-job.ts'
import { personSettings, type Action, type Run } from '../run.ts'

/** Objects that the core tells of at a time. */
const page = 200

interface UndoOptions {
  readonly catalogue: string
  readonly person?: string
  readonly action?: number
  readonly run?: number
}

/**
 * `undo --catalogue C [--action N | --run N]`: takes the person's last action back, or any; or removes the suggestions of a run. An
 * acceptance by rule is taken back as a whole. Objects on which something was left alone are listed.
 */
export const undo: Action<UndoOptions> = (run, { catalogue, person, action, run: runId }) =>
  run.withCore({ settings: personSettings(person) }, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    return runId === undefined ? await undoAction(run, core, action) : await removeRun(run, core, runId)
  })

async function undoAction(run: Run, core: Core, actionId: number | undefined): Promise<ExitCode> {
  const conflicts = actionId === undefined ? [] : await conflictsOf(core, actionId)
  const { started, job } = await followIfAny(run, core, () =>
    actionId === undefined ? core.call.history.undo() : core.call.history.undoAction({ actionId })
  )
  const { action } = started
  const kept = Number(job?.result?.['kept'] ?? started.kept)
  if (action === null) run.terminal.say(run.words('undo.nothing'))
  else run.terminal.say(run.words('undo.done', { changes: action.changes, objects: action.objects, kept }))
  for (const { label, kept: left } of conflicts) run.terminal.say(run.words('undo.conflict', { label, kept: left }))
  run.terminal.give({ action, kept, conflicts: conflicts.map(({ objectId, label, kept: left }) => ({ objectId, label, kept: left })) })
  return exitCode.done
}

/** The objects of an action on which somebody has changed something since. */
async function conflictsOf(core: Core, actionId: number): Promise<ChangedObject[]> {
  const found: ChangedObject[] = []
  for (let after: number | null = 0; after !== null;) {
    const details: Awaited<ReturnType<Core['call']['history']['details']>> = await core.call.history.details({
      actionId,
      after,
      limit: page,
      conflictsOnly: true
    })
    found.push(...details.objects)
    after = details.next
  }
  return found
}

async function removeRun(run: Run, core: Core, runId: number): Promise<ExitCode> {
  const { result } = await followJob(run, core, () => core.call.history.removeRun({ runId }))
  const objects = Number(result?.['objects'] ?? 0)
  run.terminal.say(run.words('undo.run', { run: runId, objects }))
  run.terminal.give({ run: runId, action: result?.['actionId'] ?? null, objects })
  return exitCode.done
}
