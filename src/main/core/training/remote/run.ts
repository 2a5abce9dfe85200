import { AppError } from '../../../../shared/errors.ts'
import type { LockedPackage } from '../lock.ts'
import type { Connection } from './connection.ts'
import type { Mirror, Output } from './mirror.ts'

/** State of a run on the machine. `gone`: its process disappeared, as when the machine was switched off. */
export interface RunState {
  readonly state: 'none' | 'running' | 'ended' | 'gone'
  readonly sizes: Readonly<Record<Output, number>>
  /** Tells a run from another of the same name; missing while there is none. */
  readonly identity?: string
  /** Where in `output.jsonl` what it wrote since its last start begins. */
  readonly begin?: number
  readonly code?: number | null
  readonly signal?: string | null
}

/** What to run: a program with the run's folder as its working directory, `paths` being variables that name folders in it. */
export interface Command {
  readonly program: string
  readonly arguments: readonly string[]
  readonly paths: Readonly<Record<string, string>>
}

/** Seconds that a run has for its checkpoint after it was asked to stop; then it is killed. */
const grace = 120

/** Starts a run, or restarts one that failed; a running or finished one is left alone. */
export function startRun(connection: Connection, run: string, command: Command | { install: readonly LockedPackage[] }): Promise<RunState> {
  return connection.request<RunState>('start', { run, command })
}

/** Asks a run to stop and waits until it has. */
export function stopRun(connection: Connection, run: string): Promise<RunState> {
  return connection.request<RunState>('stop', { run, grace })
}

export function runState(connection: Connection, run: string): Promise<RunState> {
  return connection.request<RunState>('state', { run })
}

/** A package of requirements.txt and its version. */
export type Requirement = readonly [name: string, version: string]

/**
 * Hands on what a run writes, from where the mirror ends, until the run has ended. A piece is in the mirror before `onData` gets it.
 * AppError `remote.gone` for a run that disappeared; the same command goes on from its last checkpoint.
 */
export async function followRun(
  connection: Connection,
  run: string,
  now: RunState,
  mirror: Mirror,
  onData: (output: Output, data: Buffer) => Promise<void>
): Promise<RunState> {
  if (now.identity === undefined) return now
  const offsets = await mirror.offsets(now.identity, now.sizes)
  const end = await connection.request<RunState>(
    'follow',
    { run, offsets },
    {
      async onBytes(data, answer) {
        const output = answer.output as Output
        await mirror.add(output, data)
        await onData(output, data)
      }
    }
  )
  if (end.state === 'gone') throw new AppError('remote.gone')
  return end
}
