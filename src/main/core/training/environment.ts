import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { TrainingEnvironment } from '../../../shared/model/training.ts'
import { isFile } from '../lib/exists.ts'
import { createTurns } from '../lib/in-turn.ts'
import type { SettingsStore } from '../settings/settings.ts'
import { createPythonLooks } from './python-looks.ts'
import { hashedInstall, isBasePython, lockFiles, oldestPython, pythonEnvironment, watched, type TrainerFolder } from './python.ts'
import { runSubprocess } from './subprocess.ts'

/** Name of the file in our own environment that names the lists of packages for which it is complete. */
const markFile = 'fitxa-ready'
/** Written once an environment has pip: one that was interrupted before that has only a Python. */
const madeFile = 'fitxa-made'

/** How many packages the locks hold on most platforms: for the progress only. */
const guessedPackages = 80

/** Where the environment that Fitxa makes lies in its data folder. */
export function environmentFolder(dataFolder: string): string {
  return join(dataFolder, 'training-python')
}

/** The Python with which this machine trains. */
export interface PythonEnvironment {
  /** What there is; the answer is kept as long as nothing changes. Cancelled. */
  look(signal: AbortSignal): Promise<TrainingEnvironment>
  /** The Python to train with, checked. AppError `training.noEnvironment` or what is wrong with it; Cancelled. */
  need(signal: AbortSignal): Promise<string>
  /** Whether the environment of our own is asked for, and lacks or is out of date. */
  lacks(): Promise<boolean>
  /**
   * Creates our own environment (`python` null) and installs the trainer's packages, or checks an existing Python and uses it from
   * now on. `onProgress`: packages done. Resolves with the Python. AppErrors of checkPython, `training.noPython`,
   * `training.installFailed`; Cancelled.
   */
  setUp(python: string | null, onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<string>
  /** Ends checks that belong to no job. */
  close(): void
}

export interface EnvironmentOptions {
  /** Folder of the environment that Fitxa makes. */
  readonly folder: string
  readonly trainer: TrainerFolder
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  /** The environment of a source checkout, used if there is no other. */
  readonly checkout?: string
}

interface Candidate {
  readonly python: string
  readonly own: boolean
}

export function createPythonEnvironment({ folder, trainer, settings, checkout }: EnvironmentOptions): PythonEnvironment {
  const inTurn = createTurns()
  const looks = createPythonLooks(trainer)
  let setting = false

  /** The Python to use: the chosen one, the one in the environment variable, our own, that of the checkout. */
  async function candidate(): Promise<Candidate | null> {
    const named = settings.get().trainingPython ?? process.env['FITXA_TRAINER_PYTHON']
    if (named) return { python: named, own: false }
    if (await isFile(join(folder, markFile))) return { python: pythonOf(folder), own: true }
    if (checkout !== undefined && (await isFile(pythonOf(checkout)))) return { python: pythonOf(checkout), own: false }
    return null
  }

  async function isUpToDate(): Promise<boolean> {
    const mark = await readFile(join(folder, markFile), 'utf8').catch(() => null)
    return mark === (await fingerprint(trainer))
  }

  async function make(onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<string> {
    const python = pythonOf(folder)
    if (!(await isFile(join(folder, madeFile)))) {
      await rm(folder, { recursive: true, force: true })
      await run(await findBase(trainer, signal), ['-m', 'venv', folder], trainer, () => undefined, signal)
      await writeFile(join(folder, madeFile), '')
    }
    await rm(join(folder, markFile), { force: true })
    const locks = lockFiles.flatMap((name) => ['-r', join(trainer.folder, name)])
    const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off']
    const install = ['-m', 'pip', 'install', ...quiet, ...hashedInstall, ...locks]
    const seen = new Set<string>()
    await run(
      python,
      install,
      trainer,
      (line) => {
        // pip names each package, or its file, once while it looks for it; the installation itself takes seconds.
        const found = /^\s*(?:Collecting|Processing|Requirement already satisfied:) ([^\s;=<>~![]+)/.exec(line)?.[1]
        if (found !== undefined) onProgress(seen.add(found).size, Math.max(guessedPackages, seen.size + 1))
      },
      signal
    )
    await looks.check(python, signal)
    await writeFile(join(folder, markFile), await fingerprint(trainer))
    return python
  }

  async function look(signal: AbortSignal): Promise<TrainingEnvironment> {
    const found = await candidate()
    const nothing = { own: found?.own ?? true, python: found?.python ?? null, versions: null, device: null, problem: null }
    if (setting) return { state: 'settingUp', ...nothing }
    if (found === null) return { state: 'missing', ...nothing }
    try {
      const { versions, device } = await looks.check(found.python, signal)
      return { state: 'ready', ...nothing, versions, device }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { state: 'broken', ...nothing, problem: { code: error.code, data: error.data } }
    }
  }

  return {
    look,
    async need(signal) {
      const found = await candidate()
      if (found === null) throw new AppError('training.noEnvironment')
      await looks.check(found.python, signal)
      return found.python
    },
    async lacks() {
      const found = await candidate()
      return found === null || (found.own && !(await isUpToDate()))
    },
    setUp: (python, onProgress, signal) =>
      inTurn(async () => {
        setting = true
        try {
          const made = python === null ? await make(onProgress, signal) : resolve(python)
          if (python !== null) await looks.check(made, signal)
          await settings.set({ trainingPython: python === null ? null : made })
          return made
        } finally {
          setting = false
        }
      }),
    close: () => looks.close()
  }
}

/** Runs a Python to its end. AppError `training.installFailed` with the last thing that it said. */
async function run(
  python: string,
  words: readonly string[],
  trainer: TrainerFolder,
  onLine: (line: string) => void,
  signal: AbortSignal
): Promise<void> {
  let error = ''
  const end = await runSubprocess(
    {
      program: python,
      arguments: watched(words),
      env: pythonEnvironment(trainer.source),
      onLine,
      onErrorLine: (line) => {
        if (/^ERROR/.test(line)) error ||= line
      },
      // Both venv and pip may be interrupted anywhere.
      patience: { asked: 0, signalled: 5000 }
    },
    signal
  )
  if (signal.aborted) throw new Cancelled()
  if (end.code !== 0)
    throw new AppError('training.installFailed', { reason: (error || end.lastLine || `${end.code ?? end.signal}`).slice(0, 300) })
}

/** A Python that can create an environment: the one in the environment variable, else the system's. */
export async function findBase(trainer: TrainerFolder, signal: AbortSignal): Promise<string> {
  const names = [process.env['FITXA_PYTHON'], 'python3', 'python']
  for (const name of names) if (name && (await isBasePython(name, trainer, signal))) return name
  throw new AppError('training.noPython', { oldest: oldestPython.join('.') })
}

function pythonOf(environment: string): string {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python')
}

async function fingerprint({ folder }: TrainerFolder): Promise<string> {
  const hash = createHash('sha256')
  for (const name of lockFiles) hash.update(await readFile(join(folder, name)))
  return hash.digest('hex')
}
