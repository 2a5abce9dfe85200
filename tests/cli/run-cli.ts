import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const built = join(root, 'out', 'main', 'cli.js')

/** The programs to try: the sources, which Node runs by itself, and the build if there is one. */
export const programs: { name: string; file: string }[] = [
  { name: 'from source', file: join(root, 'src', 'main', 'cli', 'main.ts') },
  ...(existsSync(built) ? [{ name: 'as built', file: built }] : [])
]

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A place of its own for a test: settings, logs and whatever it makes lie below it. */
export interface Bench {
  readonly folder: string
  /** Runs the command line to its end. */
  run(...args: string[]): Promise<Ended>
  /** Starts the command line; `ended` tells how it went. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> }
  clear(): Promise<void>
}

export async function createBench(file: string): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-cli-'))
  const start: Bench['start'] = (...args) => {
    const env = { ...process.env, FITXA_DATA: join(folder, 'data'), LANG: 'en_GB.UTF-8', LC_ALL: '', COLUMNS: '80', NO_COLOR: '1' }
    const child = spawn(process.execPath, [file, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const text = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (data: string) => (text.out += data))
    child.stderr.setEncoding('utf8').on('data', (data: string) => (text.err += data))
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, ...text }))
    })
    return { child, ended }
  }
  return {
    folder,
    start,
    run: (...args) => start(...args).ended,
    clear: () => rm(folder, { recursive: true, force: true })
  }
}
