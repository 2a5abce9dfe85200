import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { entryFile } from '../../src/main/core/entries.ts'

let folder: string
let pipe: string
let child: ChildProcess

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-core-'))
  pipe = process.platform === 'win32' ? `\\\\.\\pipe\\fitxa-test-${process.pid}` : join(folder, 'core.sock')
  const configuration = { pipe, shell: 'electron', dataFolder: join(folder, 'data') }
  child = spawn(process.execPath, [entryFile('core-process')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, FITXA_CORE: JSON.stringify(configuration) }
  })
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  expect(JSON.parse(line)).toEqual({ ready: true })
}, 60_000)

afterEach(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const ask = (): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const head = { socketPath: pipe, method: 'POST', path: '/rpc/app/info', headers: { 'Content-Type': 'application/json' } }
    request(head, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
      .on('error', reject)
      .end('{}')
  })

describe('the core as a process', () => {
  it('answers on the pipe of its parent', async () => {
    const { status, text } = await ask()
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ json: { shell: 'electron', platform: process.platform } })
  })

  it.skipIf(process.platform === 'win32')('refuses other users', async () => {
    expect((await stat(pipe)).mode & 0o777).toBe(0o600)
  })

  it('ends when its parent ends', async () => {
    child.stdin?.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it.skipIf(process.platform === 'win32')('ends cleanly when asked to', async () => {
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
