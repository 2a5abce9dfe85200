import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../../src/shared/contract.ts'
import type { Job } from '../../../src/shared/model/job.ts'

/** The program under attack is the built one: `scripts/attack.js` sees to it that it is up to date. */
export const root = join(import.meta.dirname, '..', '..', '..')
const built = (name: string): string => join(root, 'out', 'main', name)

/** How long the program may take to end after a request, in milliseconds. */
export const endingLimit = 10_000

type Api = ContractRouterClient<typeof contract>

/** An error answer of the program: its code and data. The code `bug` means an unexpected error. */
export class Told extends Error {
  readonly code: string

  constructor(code: string, data: unknown) {
    super(`${code} ${JSON.stringify(data)}`)
    this.code = code
  }
}

/** The program died before it answered. */
export class Died extends Error {}

/** A core in a process of its own, as the desktop shell runs it, asked over its pipe. */
export interface Program {
  readonly pid: number
  readonly api: Api
  /** Kills it and waits until it is gone. */
  kill(): Promise<void>
  /** Asks it to end. @returns whether it did so within ten seconds; it is killed otherwise */
  end(): Promise<boolean>
  /** What it wrote on stderr. */
  said(): string
}

/** Starts the core and waits until it answers. `folder` holds its data and its socket; the path must be short. */
export async function startProgram(folder: string): Promise<Program> {
  const pipe = join(folder, `${Math.random().toString(36).slice(2, 8)}.sock`)
  const configuration = { pipe, shell: 'browser', dataFolder: join(folder, 'data') }
  const child = spawn(process.execPath, [built('core-process.js')], {
    env: { ...process.env, FITXA_CORE: JSON.stringify(configuration) },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const exited = once(child, 'exit')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const line = once(createInterface({ input: child.stdout }), 'line')
  await Promise.race([line, exited])
  if (child.exitCode !== null) throw new Died(`the core ended with code ${child.exitCode}: ${said}`)
  return {
    pid: child.pid ?? 0,
    api: apiOver(pipe),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async end() {
      child.kill('SIGTERM')
      return await endsInTime(child, exited)
    },
    said: () => said
  }
}

async function endsInTime(child: ChildProcess, exited: Promise<unknown>): Promise<boolean> {
  let inTime = true
  const timer = setTimeout(() => {
    inTime = false
    child.kill('SIGKILL')
  }, endingLimit)
  await exited
  clearTimeout(timer)
  return inTime
}

/** The methods of the contract as POST /rpc/<area>/<method> over a socket. */
function apiOver(pipe: string): Api {
  const area = (name: string): unknown =>
    new Proxy({}, { get: (_, method) => (input: unknown) => call(pipe, `/rpc/${name}/${String(method)}`, input) })
  return new Proxy({}, { get: (_, name) => area(String(name)) }) as Api
}

function call(pipe: string, path: string, input: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const died = (): void => reject(new Died(path))
    const asked = request({ socketPath: pipe, path, method: 'POST', headers: { 'Content-Type': 'application/json' } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('error', died)
      response.on('end', () => {
        if (!response.complete) return died()
        const { json } = JSON.parse(text) as { json: { data?: { code: string; data: unknown } } }
        if (response.statusCode === 200) resolve(json)
        else reject(new Told(json.data?.code ?? 'bug', json.data?.data ?? json))
      })
    })
    asked.on('error', died)
    asked.end(JSON.stringify({ json: input ?? {} }))
  })
}

/** The end of a command on the command line. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** Milliseconds from its last line to its end. */
  readonly afterLastLine: number
  /** It did not end by itself within the limit. */
  readonly hung: boolean
}

/** Runs the built command line to its end, or kills it `killAfter` milliseconds after its start. `limit`: when it counts as hung. */
export async function runCommand(
  folder: string,
  args: readonly string[],
  { killAfter, limit = 120_000 }: { killAfter?: number; limit?: number } = {}
): Promise<Ended> {
  const env = { ...process.env, FITXA_DATA: join(folder, 'data'), LANG: 'en_GB.UTF-8', LC_ALL: '' }
  const child = spawn(process.execPath, [built('cli.js'), ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { out: '', err: '' }
  let lastLine = performance.now()
  for (const name of ['out', 'err'] as const) {
    child[`std${name}`].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part
      lastLine = performance.now()
    })
  }
  let hung = false
  const hangs = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, limit)
  const kill = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(hangs)
  clearTimeout(kill)
  return { code, ...text, afterLastLine: performance.now() - lastLine, hung }
}

/** Whether a command printed a bug or a stack trace instead of a sentence. */
export function toldABug({ out, err }: Ended): boolean {
  return /\bat .+:\d+:\d+|trace [0-9a-f]{8}|not your fault/.test(out + err)
}

export const finalStates: readonly Job['state'][] = ['done', 'failed', 'stopped', 'interrupted']

/** Looks at a job until `enough` says so or it has ended. */
export async function follow(program: Program, jobId: number, enough: (job: Job) => boolean = () => false): Promise<Job> {
  for (;;) {
    const job = (await program.api.jobs.list()).find(({ id }) => id === jobId)
    if (job !== undefined && (finalStates.includes(job.state) || enough(job))) return job
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
