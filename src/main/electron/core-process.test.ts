import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startCoreProcess } from './core-process.ts'

let folder = ''
const entry = (): string => join(folder, 'core.mjs')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-core-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A core that listens on its pipe, writes its pid to a file, and ends when its standard input closes. */
const program = `
  import { createServer } from 'node:http'
  import { appendFileSync } from 'node:fs'
  const { pipe, record } = JSON.parse(process.env.FITXA_CORE)
  appendFileSync(record, process.pid + '\\n')
  process.stdin.on('end', () => { appendFileSync(record, 'ended\\n'); process.exit(0) }).resume()
  createServer().listen(pipe, () => console.log('{"ready":true}'))
`

const start = (onGivenUp: () => void = () => undefined) =>
  startCoreProcess({ node: process.execPath, entry: entry(), configuration: { record: join(folder, 'record') }, onGivenUp })

async function record(): Promise<string[]> {
  const { readFile } = await import('node:fs/promises')
  return (await readFile(join(folder, 'record'), 'utf8')).trim().split('\n')
}

it('waits until the core listens, on a pipe that only this user can reach, and ends it with its input', async () => {
  await writeFile(entry(), program)
  const core = start()
  const pipe = await core.pipe()
  expect((await stat(dirname(pipe))).mode & 0o077).toBe(0)
  await core.end()
  expect((await record()).at(-1)).toBe('ended')
  await expect(stat(dirname(pipe))).rejects.toThrow()
})

it('restarts the core after a crash, on a new pipe', async () => {
  await writeFile(entry(), program)
  const core = start()
  const first = await core.pipe()
  const [pid] = await record()
  process.kill(Number(pid), 'SIGKILL')
  let second = first
  while (second === first) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    second = await core.pipe()
  }
  expect((await record()).length).toBe(2)
  await core.end()
})

it('gives up on a core that never starts, and reports it once', async () => {
  await writeFile(entry(), 'process.exit(3)')
  let givenUp = 0
  const core = start(() => (givenUp += 1))
  await expect(core.pipe()).rejects.toThrow('not running')
  expect(givenUp).toBe(1)
})

it('gives up on a core that ends each time it has started, even if nobody is waiting for it', async () => {
  await writeFile(
    entry(),
    `console.log('{"ready":true}'); process.stdin.on('end', () => process.exit(0)).resume(); setTimeout(() => process.exit(3))`
  )
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    await new Promise<void>((resolve) => start(resolve))
    // Node reports an unhandled rejection once the microtasks of its turn are done.
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})
