import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { runSubprocess, type SubprocessOptions } from './subprocess.ts'

const node = (script: string, more: Partial<SubprocessOptions> = {}): SubprocessOptions => ({
  program: process.execPath,
  arguments: ['-e', script],
  env: process.env,
  onLine: () => undefined,
  onErrorLine: () => undefined,
  ...more
})
const never = new AbortController().signal

it('gives every line, and the end with the last thing said', async () => {
  const lines: string[] = []
  const script = `console.log('one\\ntwo'); process.stdout.write('three'); console.error('first\\nlast\\n  '); process.exitCode = 7`
  const end = await runSubprocess(node(script, { onLine: (line) => lines.push(line) }), never)
  expect(lines).toEqual(['one', 'two', 'three'])
  expect(end).toEqual({ code: 7, signal: null, detached: false, lastLine: 'last', failure: null })
})

it('asks a program to stop by a line on stdin, and leaves stdin open', async () => {
  const stop = new AbortController()
  const said: string[] = []
  const script = `process.stdin.on('data', (data) => { console.log(String(data).trim()); setImmediate(() => process.exit(75)) })
    .on('end', () => console.log('ended')); console.log('ready')`
  const onLine = (line: string): void => {
    said.push(line)
    stop.abort()
  }
  expect(await runSubprocess(node(script, { onLine }), stop.signal)).toMatchObject({ code: 75, signal: null })
  expect(said).toEqual(['ready', 'stop'])
})

it.each([
  ['SIGTERM', `setInterval(() => undefined, 1000); console.log('ready')`],
  ['SIGKILL', `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('ready')`]
])('ends a program that does not listen by %s', async (signal, script) => {
  const stop = new AbortController()
  const patience = { asked: 200, signalled: 200 }
  expect(await runSubprocess(node(script, { onLine: () => stop.abort(), patience }), stop.signal)).toMatchObject({ code: null, signal })
})

it.each([
  ['that does not exist', '/there/is/no/such/program', 'ENOENT'],
  ['with a name that no system takes', `/${'x'.repeat(100_000)}`, 'ENAMETOOLONG'],
  ['with a NUL in its name', '/bin/\0', 'ERR_INVALID_ARG_VALUE']
])('says why a program %s cannot be started', async (_, program, failure) => {
  const end = await runSubprocess({ ...node(''), program }, never)
  expect(end).toMatchObject({ code: null, signal: null, failure, lastLine: expect.stringMatching(/./) as string })
})

it('lets a program know that the one that started it was killed', async () => {
  const told = join(temporaryFolder(), 'told')
  const parent = fork(join(import.meta.dirname, 'killed-parent.fixture.ts'), [told], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(parent, 'message')
  parent.kill('SIGKILL')
  await expect.poll(() => existsSync(told) && readFileSync(told, 'utf8'), { timeout: 60_000 }).toBe('stdin ended')
}, 60_000)
