import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../../shared/errors.ts'
import { addressArguments, type Address } from './address.ts'

/** The client of ssh to use. */
export interface SshClient {
  readonly program: string
  /** First arguments, such as `-F` with another configuration. */
  readonly arguments: readonly string[]
  /** Seconds between two signs of life on the line, and how many may be missing before it counts as dead. */
  readonly aliveSeconds: number
  readonly aliveCount: number
  /** Seconds for the connection to be made. */
  readonly connectSeconds: number
}

/** The system's own client; on Windows also where its optional feature puts it, which is not always on the path. */
export function systemClient(): SshClient {
  const ofWindows = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'OpenSSH', 'ssh.exe')
  const program = process.platform === 'win32' && existsSync(ofWindows) ? ofWindows : 'ssh'
  return { program, arguments: [], aliveSeconds: 10, aliveCount: 3, connectSeconds: 15 }
}

/**
 * Options for every call. The person's configuration, keys, agent and known hosts count; what is set here only keeps ssh from asking
 * (nobody would answer), from doing something else besides (forwarding, a terminal, a command of its own) and from waiting forever.
 */
function options({ aliveSeconds, aliveCount, connectSeconds }: SshClient): string[] {
  const set = {
    BatchMode: 'yes',
    ConnectTimeout: connectSeconds,
    ServerAliveInterval: aliveSeconds,
    ServerAliveCountMax: aliveCount,
    RequestTTY: 'no',
    RemoteCommand: 'none',
    PermitLocalCommand: 'no',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    // An existing shared connection is used; a new one is not shared, because it would stay open and hold our pipes.
    ControlMaster: 'no',
    LogLevel: 'INFO'
  }
  return Object.entries(set).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** A running client: its pipes, and how it ended. */
export interface RunningClient {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Resolves once the process is gone. Never rejects. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string; missing: boolean }>
  /** Ends it, with a kill if necessary. */
  kill(): void
}

/** How much of stderr is kept. */
const keptStderr = 8192
/** Milliseconds after which a client that was asked to end is killed, and after which the pipes of an ended one are closed. */
const killAfter = 2000
const closeAfter = 1000

/** Starts ssh with `command` for the machine's login shell. No shell of this machine takes part. */
export function startClient(client: SshClient, address: Address, command: string): RunningClient {
  const words = [...client.arguments, ...options(client), ...addressArguments(address), command]
  const child = spawn(client.program, words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
    // English system messages, which failure.ts recognises.
    env: { ...process.env, LC_MESSAGES: 'C' }
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-keptStderr)))
  // Writes to a client that has just ended are lost; `ended` says why.
  child.stdin.on('error', () => undefined)
  const ended = endOf(child).then((end) => ({ ...end, stderr }))
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), killAfter)
      void ended.then(() => clearTimeout(hard))
    }
  }
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null; missing: boolean }> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null, missing: child.pid === undefined }))
    child.once('close', (code, signal) => resolve({ code, signal, missing: false }))
    // A program that ssh left behind (a ProxyCommand, a shared connection) may hold the pipes open.
    child.once('exit', () => {
      setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, closeAfter).unref()
    })
  })
}

/** The error for a machine without ssh. */
export function noClient(program: string): AppError {
  return new AppError('remote.noClient', { program })
}
