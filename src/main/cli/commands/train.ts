import { resolve } from 'node:path'
import { sentence } from '../../../shared/locales/errors.ts'
import type { BundleReference } from '../../../shared/model/model.ts'
import { trainingRequestSchema, type TrainingRequest, type TrainingState } from '../../../shared/model/training.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action, Run } from '../run.ts'
import { activateBundle, readReference } from './models.ts'
import { tellComparison, tellSet, trainingText } from './train-texts.ts'

interface TrainChoices {
  readonly catalogue: string
  readonly base?: string
  readonly title?: string
  readonly ssh?: string
  readonly sshFolder?: string
  readonly python?: string
  readonly epochs?: number
  readonly trunk?: 'auto' | 'frozen' | 'trained'
  readonly activate?: boolean
  readonly dryRun?: boolean
}

/**
 * `train --catalogue C`: trains a model on the closed facets, here or on another machine, and installs it. Resumes the same
 * training if it was stopped or interrupted. Ctrl+C stops it with a checkpoint.
 */
export const train: Action<TrainChoices> = (run, choices) =>
  run.withCore({ settings: pythonSettings(choices) }, async (core) => {
    await core.call.catalogue.open({ path: resolve(choices.catalogue) })
    const request = requestOf(choices)
    const set = await core.call.training.set()
    tellSet(run, set)
    if (choices.ssh !== undefined) await checkMachine(run, core, choices)
    if (choices.dryRun === true) {
      if (set.problem !== null) throw AppError.told(set.problem)
      run.terminal.give({ set, environment: choices.ssh === undefined ? await core.call.training.environment() : null })
      return exitCode.done
    }
    const bundle = await trainNow(run, core, request)
    const comparison = await core.call.training.compare(bundle)
    run.terminal.say(run.words('train.done', { ...bundle }))
    tellComparison(run, comparison)
    if (choices.activate === true) {
      await activateBundle(run, core, bundle)
      run.terminal.say(run.words('models.activated', { ...bundle }))
    } else run.terminal.say(run.words('train.notActive', { ...bundle }))
    run.terminal.give({ bundle, activated: choices.activate === true, comparison })
    return exitCode.done
  })

/** Locally, Python is a setting of this command, a path or a name on PATH; on another machine it is part of the host. */
function pythonSettings({ python, ssh }: TrainChoices): { trainingPython?: string } {
  if (python === undefined || ssh !== undefined) return {}
  return { trainingPython: /[/\\]/.test(python) ? resolve(python) : python }
}

function requestOf({ base, title, ssh, sshFolder: folder, python, epochs, trunk }: TrainChoices): TrainingRequest {
  const parsed = trainingRequestSchema.safeParse({
    host: ssh === undefined ? { kind: 'here' } : { kind: 'ssh', target: ssh, python: python ?? null, folder },
    base: base === undefined ? null : readReference('--base <bundle>', base),
    title: title ?? null,
    options: { trunk, epochs: epochs ?? null },
    goOn: true
  })
  if (parsed.success) return parsed.data
  // Commander has checked everything except the address of the machine.
  throw new AppError('usage.invalidValue', { name: '--ssh <machine>', value: ssh ?? '' })
}

/** Prints every check of the other machine. Throws the AppError of the first one that failed. */
async function checkMachine(
  { words, terminal, language }: Run,
  core: Core,
  { ssh = '', sshFolder: folder, python }: Pick<TrainChoices, 'ssh' | 'sshFolder' | 'python'>
): Promise<void> {
  const checks = await core.call.training.checkRemote({ target: ssh, python: python ?? null, folder })
  for (const { name, state, value, problem } of checks) {
    const reason = problem === null ? (value ?? '') : sentence(language, problem.code, problem.data)
    terminal.note(words(`train.check.${state}`, { name: words(`train.check.${name}`), reason }))
  }
  const failed = checks.find(({ state }) => state === 'failed')?.problem
  if (failed) throw AppError.told(failed)
}

/** Trains to the end. Returns the new bundle. */
async function trainNow(run: Run, core: Core, request: TrainingRequest): Promise<BundleReference> {
  let state: TrainingState | null = null
  const told = new Set<string>()
  const stopListening = core.subscribe((event) => {
    if (event.type !== 'training') return
    state = event.training
    for (const { code, data, message } of event.training.warnings) {
      const text = sentence(run.language, code, data)
      const line = run.words('train.warning', { text: text === code ? message : text })
      if (!told.has(line)) run.terminal.note(line)
      told.add(line)
    }
  })
  try {
    const job = await followJob(
      run,
      core,
      () => core.call.training.start(request),
      () => trainingText(run, state)
    )
    return { id: String(job.result?.['bundle']), version: String(job.result?.['version']) }
  } finally {
    stopListening()
  }
}
