import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../../shared/errors.ts'
import { readLocks } from '../lock.ts'
import { packageProblem } from './checks.ts'
import type { Connection } from './connection.ts'
import { createLines, createMirror } from './mirror.ts'
import { followRun, runState, startRun, type Requirement } from './run.ts'
import { lacking, lookAt } from './survey.ts'

/** The lines that `install` in looking.py writes. */
interface InstallLine {
  readonly type: string
  readonly code?: string
  readonly data?: Readonly<Record<string, string>>
  readonly done?: number
  readonly total?: number
}

/**
 * The Python of the machine that can train. What it lacks is installed into an environment of Fitxa's own there; the installation
 * continues if the connection is lost, and is rejoined when this is called again. Every package is checked against the hashes of
 * the lock in `trainerFolder`. `folder`: where to keep what the installation writes. AppError `remote.torchBroken`,
 * `remote.packages`, `remote.environment`, `remote.install`.
 */
export async function preparePython(
  connection: Connection,
  requirements: readonly Requirement[],
  trainerFolder: string,
  folder: string,
  onProgress: (done: number, total: number) => void
): Promise<string> {
  const survey = await lookAt(connection, requirements)
  const missing = lacking(survey, requirements)
  const problem = packageProblem(survey, missing)
  if (problem !== null) throw problem
  if (missing.length === 0) {
    await tidyInstallations(connection, folder)
    return survey.program
  }
  const run = `python-${createHash('sha256').update(JSON.stringify(missing)).digest('hex').slice(0, 12)}`
  // An installation that was done and whose packages are gone again has to be created again.
  if ((await runState(connection, run)).state === 'ended') await connection.request('remove', { run })
  const locked = await readLocks(trainerFolder, survey.found['torch'] === null)
  let failure: InstallLine | null = null
  const take = createLines((text) => {
    const line = JSON.parse(text) as InstallLine
    if (line.type === 'progress') onProgress(line.done ?? 0, line.total ?? locked.length)
    if (line.type === 'error') failure = line
  })
  const now = await startRun(connection, run, { install: locked })
  const mirror = createMirror(join(folder, run))
  if (now.identity !== undefined) await mirror.offsets(now.identity, now.sizes)
  take(await mirror.read('output.jsonl', now.begin))
  const end = await followRun(connection, run, now, mirror, async (output, data) => {
    if (output === 'output.jsonl') take(data)
  })
  if (end.code !== 0) throw installError(failure, survey.program)
  await connection.request('remove', { run })
  const after = await lookAt(connection, requirements)
  const left = lacking(after, requirements)
  if (after.torchError !== null || left.length > 0)
    throw packageProblem({ ...after, canMakePython: false }, left) ?? installError(null, survey.program)
  return after.program
}

/** An installation that ended while the line was broken left its run on the machine and what it wrote in `folder`. */
async function tidyInstallations(connection: Connection, folder: string): Promise<void> {
  const names = existsSync(folder) ? await readdir(folder) : []
  for (const run of names.filter((name) => name.startsWith('python-'))) {
    // Its last package is there, so it is about to end.
    while ((await runState(connection, run)).state === 'running') await delay(200)
    await connection.request('remove', { run })
    await rm(join(folder, run), { recursive: true })
  }
}

function installError(line: InstallLine | null, program: string): AppError {
  const { package: name = '', detail = '' } = line?.data ?? {}
  return line?.code === 'install'
    ? new AppError('remote.install', { package: name, detail })
    : new AppError('remote.environment', { program, detail })
}
