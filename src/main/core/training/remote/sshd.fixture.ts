import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SshClient } from './client.ts'
import type { SshMachine } from './ssh-host.ts'

const sshd = [process.env['FITXA_SSHD'], '/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'].find(
  (path) => path !== undefined && existsSync(path)
)

/** Whether this machine has an OpenSSH server to test with; `npm test` installs one where it can (scripts/setup/sshd.js). */
export const hasServer = sshd !== undefined

/** A real OpenSSH server on 127.0.0.1 with keys, known hosts and a home folder of its own. */
export interface TestServer {
  readonly folder: string
  /** The home folder that a login finds; `.fitxa` appears in it. */
  readonly home: string
  readonly port: number
  /** A client with the right key that knows the server; `options` are added to its configuration. */
  client(options?: Readonly<Record<string, string>>): SshClient
  /** The machine as the host takes it, through `port` if another than the server's is given. */
  machine(port?: number, options?: Readonly<Record<string, string>>): SshMachine
  /** Makes a key; `restriction` is put before it in the server's list, such as `command="false"`; null: the server does not know it. */
  key(name: string, restriction?: string | null, passphrase?: string): string
  /** Kills the server's processes of all connections that are open, as if it had crashed; new ones are taken. */
  killSessions(): void
  close(): Promise<void>
}

/** Starts a server; `environment` is what its logins find set. */
export async function startServer(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  if (sshd === undefined) throw new Error('there is no OpenSSH server on this machine')
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fitxa-sshd-')))
  const home = join(folder, 'home')
  mkdirSync(home, { mode: 0o700 })
  // Run by the administrator, the server insists on this folder, which its own start script would make.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const authorized = join(folder, 'authorized_keys')
  writeFileSync(authorized, '')
  const keygen = (file: string, passphrase = ''): string => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', file])
    return readFileSync(`${file}.pub`, 'utf8').trim()
  }
  function key(name: string, restriction: string | null = '', passphrase = ''): string {
    const file = join(folder, name)
    const text = keygen(file, passphrase)
    if (restriction !== null) writeFileSync(authorized, `${restriction} ${text}\n`.trimStart(), { flag: 'a' })
    return file
  }
  const hostKey = keygen(join(folder, 'host')).split(' ').slice(0, 2).join(' ')
  const userKey = key('user')
  const port = await freePort()
  const knownHosts = join(folder, 'known_hosts')
  const set = Object.entries({ HOME: home, ...environment }).map(([name, value]) => `"${name}=${value.replace(/["\\]/g, '\\$&')}"`)
  writeFileSync(
    join(folder, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(folder, 'host')}`,
      `AuthorizedKeysFile ${authorized}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      `SetEnv ${set.join(' ')}`
    ].join('\n')
  )
  const server = spawn(sshd, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  for (let attempt = 0; !/Server listening/.test(log); attempt++) {
    if (server.exitCode !== null || attempt > 200) throw new Error(`the SSH server did not start: ${log}`)
    await wait(25)
  }

  let clients = 0
  function client(options: Readonly<Record<string, string>> = {}): SshClient {
    const file = join(folder, `ssh_config-${clients++}`)
    const { Host = '*', ...others } = options
    const all = {
      Host,
      IdentityFile: userKey,
      IdentitiesOnly: 'yes',
      UserKnownHostsFile: knownHosts,
      GlobalKnownHostsFile: 'none',
      ...others
    }
    writeFileSync(
      file,
      Object.entries(all)
        .map(([name, value]) => `${name} ${value}\n`)
        .join('')
    )
    chmodSync(file, 0o600)
    return { program: 'ssh', arguments: ['-F', file], aliveSeconds: 5, aliveCount: 2, connectSeconds: 5 }
  }
  return {
    folder,
    home,
    port,
    client,
    key,
    machine(at = port, options) {
      writeFileSync(knownHosts, `[127.0.0.1]:${at} ${hostKey}\n`, { flag: 'a' })
      return {
        target: `${userInfo().username}@127.0.0.1:${at}`,
        python: process.env['FITXA_PYTHON'] ?? null,
        client: client(options),
        silence: 8000,
        patience: { shortest: 100, longest: 400 }
      }
    },
    killSessions() {
      for (const pid of descendants(server.pid)) {
        if (/^sshd/.test(commandOf(pid))) kill(pid)
      }
    },
    async close() {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await gone
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** A line between a client and the server that a test can cut. */
export interface Wire {
  readonly port: number
  /** Bytes that went to the server so far. */
  readonly sent: () => number
  /** Bytes that came from the server so far. */
  readonly received: () => number
  /** Connections that are open now. */
  readonly connections: () => number
  /** Cuts every connection. */
  cut(): void
  /** Cuts every connection once `bytes` more have gone to the server (or come from it). */
  cutAfter(bytes: number, direction?: 'sent' | 'received'): void
  /** Silently blocks all traffic; false lets new connections through again. */
  hold(held: boolean): void
  close(): Promise<void>
}

/** A small TCP proxy to `port`. Slow lines: at most `bytesPerSecond` towards the server. */
export async function layWire(port: number): Promise<Wire> {
  const pairs = new Set<[Socket, Socket]>()
  const passed = { sent: 0, received: 0 }
  let limit: { direction: 'sent' | 'received'; at: number } | null = null
  let held = false

  function cut(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  function pass(from: Socket, to: Socket, direction: 'sent' | 'received'): void {
    from.on('data', (data: Buffer) => {
      if (held) return
      passed[direction] += data.length
      if (limit !== null && limit.direction === direction && passed[direction] >= limit.at) {
        limit = null
        cut()
        return
      }
      if (!to.write(data)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
  }
  const server: Server = createServer((near) => {
    const far = connectSocket(port, '127.0.0.1')
    pairs.add([near, far])
    pass(near, far, 'sent')
    pass(far, near, 'received')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => passed.sent,
    received: () => passed.received,
    connections: () => pairs.size,
    cut,
    cutAfter: (bytes, direction = 'sent') => (limit = { direction, at: passed[direction] + bytes }),
    hold(now) {
      held = now
      // Held connections stay broken.
      if (!now) cut()
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Numbers of the processes below one, of any depth. */
export function descendants(pid: number | undefined): number[] {
  const pairs = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] => pairs.filter((pair) => pair[1] === parent).flatMap(([child = 0]) => [child, ...below(child)])
  return pid === undefined ? [] : below(pid)
}

/** The command line of a process, '' if there is none. */
export function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** Kills a process, if it is still there. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
