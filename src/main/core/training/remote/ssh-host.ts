import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import type { RemoteCheck } from '../../../../shared/model/training.ts'
import { fineTuneArguments } from '../command.ts'
import { trainerExit, type HostReport, type TrainerEnd, type TrainingHost, type TrainingWork } from '../host.ts'
import { parseAddress } from './address.ts'
import { checkMachine } from './checks.ts'
import { systemClient, type SshClient } from './client.ts'
import type { Connection, Machine } from './connection.ts'
import { preparePython } from './environment.ts'
import { lastLine } from './failure.ts'
import { fetchResult, made } from './fetch.ts'
import { filesOf, given, type GivenFile } from './files.ts'
import { createLines, createMirror } from './mirror.ts'
import { remoteProgram } from './program.ts'
import { isLineProblem, overConnection, whileSending, type Patience } from './retry.ts'
import { followRun, runState, startRun, stopRun, type RunState } from './run.ts'
import { sendFiles } from './send.ts'
import { readRequirements } from './survey.ts'

/** A machine that is reached by ssh. */
export interface SshMachine {
  /** `host`, `user@host`, `user@host:port` or a Host of the person's ssh_config. */
  readonly target: string
  /** The Python to use there, null: the one found there. */
  readonly python: string | null
  /** The folder there that Fitxa may use; `~/.fitxa` unless another is given. */
  readonly folder?: string
  /** The client to use instead of the system's. */
  readonly client?: SshClient
  /** Milliseconds after which a silent line counts as dead, and how to try again. */
  readonly silence?: number
  readonly patience?: Partial<Patience>
}

/** The folder in the home folder of the other machine. */
export const defaultFolder = '~/.fitxa'
const defaultSilence = 20_000

/** How long a stop tries to reach the machine, milliseconds. */
const stopPatience = 60_000

async function machineOf(options: SshMachine, trainerSource: string): Promise<Machine> {
  const { target, python, folder = defaultFolder, client = systemClient(), silence = defaultSilence } = options
  return { address: parseAddress(target), client, python, program: await remoteProgram(trainerSource, python), folder, silence }
}

/** Checks of a machine before anything is sent to it: connection, Python, torch, GPU, disk. Throws Cancelled. */
export async function checkSshMachine(options: SshMachine, trainerSource: string, signal: AbortSignal): Promise<RemoteCheck[]> {
  return await checkMachine(await machineOf(options, trainerSource), await readRequirements(trainerSource), signal)
}

/**
 * Trains on a machine that is reached by ssh. Its inputs are sent once; the run continues there even if the connection or Fitxa
 * ends, and is found again by the name of the work. After the bundle has been fetched and checked the run's folder there is
 * removed; a run that stopped or failed keeps it, so that it can go on (README.txt in the folder there says the whole rule).
 */
export function createSshHost(options: SshMachine): TrainingHost {
  const patience = { ...whileSending, ...options.patience }

  /** Our files beside the trainer's in the local run folder. */
  const ours = (work: TrainingWork): string => join(work.run, 'remote')
  const pythonFile = (work: TrainingWork): string => join(ours(work), 'python')

  async function prepare(work: TrainingWork, report: HostReport, signal: AbortSignal): Promise<void> {
    const machine = await machineOf(options, work.trainerSource)
    const requirements = await readRequirements(work.trainerSource)
    await mkdir(ours(work), { recursive: true })
    report.stage('environment')
    report.progress(0, null)
    let files: GivenFile[] | null = null
    await overConnection(
      machine,
      patience,
      (is) => report.connected(is),
      signal,
      async (connection) => {
        if (isBegun(await runState(connection, work.name))) return
        if (files === null) {
          const python = await preparePython(connection, requirements, dirname(work.trainerSource), ours(work), (done, total) =>
            report.progress(done, total)
          )
          await writeFile(pythonFile(work), python)
          report.stage('send')
          report.progress(0, null)
          files = await filesOf(work, signal)
        }
        await sendFiles(connection, work.name, files, (done, total) => report.progress(done, total))
      }
    )
  }

  async function train(work: TrainingWork, report: HostReport, onLine: (line: string) => void, signal: AbortSignal): Promise<TrainerEnd> {
    const machine = await machineOf(options, work.trainerSource)
    const mirror = createMirror(ours(work))
    const takeLines = createLines(onLine)
    const takeLog = createLines((line) => report.log(line))
    await mkdir(dirname(work.logFile), { recursive: true })
    let replayed = false

    async function follow(connection: Connection, now: RunState): Promise<RunState> {
      if (!replayed && now.identity !== undefined) {
        await mirror.offsets(now.identity, now.sizes)
        // Output of an earlier start of the run is not repeated: it may have ended differently.
        takeLines(await mirror.read('output.jsonl', now.begin))
        replayed = true
      }
      return await followRun(connection, work.name, now, mirror, async (output, data) => {
        if (output === 'output.jsonl') return takeLines(data)
        await appendFile(work.logFile, data)
        takeLog(data)
      })
    }

    /** Only a person's stop ends the remote run; if Fitxa ends, it continues. */
    const stopped = (): boolean => signal.aborted && signal.reason === 'stopped'
    try {
      const command = {
        program: await readFile(pythonFile(work), 'utf8'),
        arguments: fineTuneArguments({ ...given, ...made }, work.settings),
        paths: { PYTHONPATH: given.source }
      }
      const endless = { ...patience, total: Infinity, known: true }
      const end = await overConnection(
        machine,
        endless,
        (is) => report.connected(is),
        signal,
        async (connection) => follow(connection, await startRun(connection, work.name, command))
      )
      return await endOf(end)
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error
      if (!stopped()) return { code: null, signal: null, detached: true, lastLine: '' }
      return await endOf(await stop())
    }

    async function stop(): Promise<RunState> {
      const limited = { ...patience, total: Math.min(patience.total, stopPatience), known: true }
      try {
        return await overConnection(
          machine,
          limited,
          (is) => report.connected(is),
          new AbortController().signal,
          async (connection) => follow(connection, await stopRun(connection, work.name))
        )
      } catch (error) {
        if (isLineProblem(error)) throw new AppError('remote.notStopped', { host: machine.address.text }, error)
        throw error
      }
    }

    async function endOf({ state, code = null, signal: by = null }: RunState): Promise<TrainerEnd> {
      // Stopped before it was started: treated as stopped at the beginning.
      if (state === 'none') return { code: trainerExit.stopped, signal: null, detached: false, lastLine: '' }
      return { code, signal: by, detached: false, lastLine: lastLine((await mirror.read('log.txt')).toString('utf8')) }
    }
  }

  async function fetch(work: TrainingWork, report: HostReport, signal: AbortSignal): Promise<void> {
    const machine = await machineOf(options, work.trainerSource)
    report.stage('fetch')
    report.progress(0, null)
    const connected = (is: boolean): void => report.connected(is)
    await overConnection(machine, { ...patience, known: true }, connected, signal, async (connection) => {
      await fetchResult(connection, work.name, work, (done, total) => report.progress(done, total))
      await connection.request('remove', { run: work.name })
    })
  }

  return { kind: 'ssh', prepare, train, fetch }
}

/** Whether preparation is done: the run is in progress or has ended. */
function isBegun({ state, code }: RunState): boolean {
  return state === 'running' || (state === 'ended' && code === 0)
}
