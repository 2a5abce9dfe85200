import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { TrainingEnvironment } from '../../../shared/model/training.ts'
import { runSubprocess, type SubprocessEnd } from './subprocess.ts'

/** The trainer's own files: its folder (requirements) and the folder that holds the package. */
export interface TrainerFolder {
  readonly folder: string
  readonly source: string
}

export function trainerFolder(folder: string): TrainerFolder {
  return { folder, source: join(folder, 'src') }
}

/** Oldest Python that the trainer runs with (trainer/pyproject.toml). */
export const oldestPython: readonly [number, number] = [3, 11]

/** The lists of packages that a training imports; the others are for developers and for models by name. */
export const requirementLists = ['requirements.txt', 'requirements-text.txt'] as const

/**
 * All packages of those lists with their dependencies, pinned and hashed for every platform; the second holds NVIDIA's
 * libraries.
 */
export const lockFiles = ['locks/training.txt', 'locks/cuda.txt'] as const

/** pip installs only what a lock file names, from files with the hashes that stand there, and builds nothing. */
export const hashedInstall = ['--require-hashes', '--only-binary', ':all:'] as const

/** Timeout for checking a Python; loading its libraries from a slow disk takes a while. */
const probeMilliseconds = 120_000

/** Codes of the system that say that a path leads to no program. */
const nowhere = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE']

/**
 * The program that runs in a Python to check it; prints one line of JSON. `argv[1:]` are the required packages. A change of one of
 * `files` invalidates the result.
 */
const probe = `
import json, sys, sysconfig
from importlib import metadata
found = {"version": list(sys.version_info[:3]), "missing": [], "torch": None, "trainer": None, "device": None, "problem": None}
found["files"] = [sys.executable, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
for name in sys.argv[1:]:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        found["missing"].append(name)
try:
    import torch
    found["torch"] = str(torch.__version__)
    found["files"].append(torch.__file__)
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        found["device"] = {"kind": "cuda", "name": properties.name, "memory": properties.total_memory}
    elif torch.backends.mps.is_available():
        found["device"] = {"kind": "mps", "name": "Apple GPU", "memory": None}
    else:
        found["device"] = {"kind": "cpu", "name": "CPU", "memory": None}
    import fitxa_trainer
    found["trainer"] = fitxa_trainer.__version__
    found["files"].append(fitxa_trainer.__file__)
except Exception as error:
    found["problem"] = f"{type(error).__name__}: {error}"[:300]
print("FITXA " + json.dumps(found))
`

const foundSchema = z.object({
  version: z.tuple([z.number(), z.number(), z.number()]),
  missing: z.array(z.string()),
  torch: z.string().nullable(),
  trainer: z.string().nullable(),
  device: z.object({ kind: z.enum(['cpu', 'cuda', 'mps']), name: z.string(), memory: z.number().nullable() }).nullable(),
  problem: z.string().nullable(),
  files: z.array(z.string())
})

/** A Python that can train, as it was found; `files` are those whose change means that it has to be looked at again. */
export type UsablePython = Required<NonNullable<Pick<TrainingEnvironment, 'versions' | 'device'>>> & { readonly files: readonly string[] }

/** Environment variables of every Python that Fitxa starts: finds the trainer, writes nothing beside its sources, speaks UTF-8. */
export function pythonEnvironment(source: string): NodeJS.ProcessEnv {
  const path = [source, process.env['PYTHONPATH']].filter((part) => part !== undefined && part !== '').join(delimiter)
  return { ...process.env, PYTHONPATH: path, PYTHONUNBUFFERED: '1', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' }
}

/** Names of the packages that a training needs, without their versions: an existing Python may have others that do as well. */
export async function requiredPackages({ folder }: TrainerFolder): Promise<string[]> {
  const texts = await Promise.all(requirementLists.map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .flatMap((text) => text.split(/\r?\n/))
    .map((line) => /^[A-Za-z0-9][\w.-]*/.exec(line.trim())?.[0])
    .filter((name) => name !== undefined)
}

/** Arguments that let a Python run others (`-m MODULE …` or `-c CODE …`) so that it ends when this process does. */
export function watched(words: readonly string[]): string[] {
  return ['-m', 'fitxa_trainer.parent', ...words]
}

/**
 * Checks whether a Python can train: its version, the packages, the trainer itself and its compute device; takes seconds. AppError
 * `training.pythonNotFound`, `training.pythonNotStarted`, `training.pythonSilent`, `training.pythonTooOld`,
 * `training.packagesMissing` or `training.pythonBroken`, each naming the program; Cancelled.
 */
export async function checkPython(python: string, trainer: TrainerFolder, signal: AbortSignal): Promise<UsablePython> {
  const found = await ask(python, await requiredPackages(trainer), trainer, signal)
  const version = found.version.join('.')
  if (isTooOld(found.version)) throw new AppError('training.pythonTooOld', { python, version, oldest: oldestPython.join('.') })
  if (found.missing.length > 0) throw new AppError('training.packagesMissing', { python, packages: found.missing.join(', ') })
  if (found.torch === null || found.trainer === null || found.device === null)
    throw new AppError('training.pythonBroken', { python, reason: found.problem ?? '' })
  return { versions: { python: version, torch: found.torch, trainer: found.trainer }, device: found.device, files: found.files }
}

/** Whether a program is a Python that is new enough to make an environment with. */
export async function isBasePython(program: string, trainer: TrainerFolder, signal: AbortSignal): Promise<boolean> {
  const script = 'import sys, venv, ensurepip; print("FITXA", *sys.version_info[:2])'
  const { lines } = await runPython(program, ['-c', script], trainer.source, signal)
  const [, major = 0, minor = 0] = (lines.find((line) => line.startsWith('FITXA ')) ?? '').split(' ').map(Number)
  return !isTooOld([major, minor])
}

function isTooOld([major = 0, minor = 0]: readonly number[]): boolean {
  return major < oldestPython[0] || (major === oldestPython[0] && minor < oldestPython[1])
}

async function ask(
  python: string,
  packages: readonly string[],
  trainer: TrainerFolder,
  signal: AbortSignal
): Promise<z.infer<typeof foundSchema>> {
  const { lines, end } = await runPython(python, watched(['-c', probe, ...packages]), trainer.source, signal)
  if (end.failure !== null && nowhere.includes(end.failure)) throw new AppError('training.pythonNotFound', { python })
  // Output of a site's own start-up file is ignored.
  const answer = lines.find((line) => line.startsWith('FITXA '))
  if (answer !== undefined) return foundSchema.parse(JSON.parse(answer.slice('FITXA '.length)))
  if (end.timedOut) throw new AppError('training.pythonSilent', { python, seconds: probeMilliseconds / 1000 })
  throw new AppError('training.pythonNotStarted', { python, reason: end.lastLine || '–' })
}

async function runPython(
  python: string,
  words: readonly string[],
  source: string,
  signal: AbortSignal
): Promise<{ lines: string[]; end: SubprocessEnd & { timedOut: boolean } }> {
  const lines: string[] = []
  const limit = AbortSignal.timeout(probeMilliseconds)
  const end = await runSubprocess(
    {
      program: python,
      arguments: words,
      env: pythonEnvironment(source),
      onLine: (line) => lines.push(line),
      onErrorLine: () => undefined,
      patience: { asked: 0, signalled: 2000 }
    },
    AbortSignal.any([signal, limit])
  )
  if (signal.aborted) throw new Cancelled()
  return { lines, end: { ...end, timedOut: limit.aborted } }
}
