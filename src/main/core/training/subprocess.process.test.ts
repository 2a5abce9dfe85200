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
  expect(end).toEqual({ code: 7, signal: null, detached: false, lastLine: 'last' })
})

it('closes stdin to stop a program, which then ends by itself', async () => {
  const stop = new AbortController()
  const script = `process.stdin.resume().on('end', () => process.exit(75)); console.log('ready')`
  expect(await runSubprocess(node(script, { onLine: () => stop.abort() }), stop.signal)).toMatchObject({ code: 75, signal: null })
})

it.each([
  ['SIGTERM', `setInterval(() => undefined, 1000); console.log('ready')`],
  ['SIGKILL', `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('ready')`]
])('ends a program that does not listen by %s', async (signal, script) => {
  const stop = new AbortController()
  const patience = { asked: 200, signalled: 200 }
  expect(await runSubprocess(node(script, { onLine: () => stop.abort(), patience }), stop.signal)).toMatchObject({ code: null, signal })
})

it('says why a program cannot be started', async () => {
  const end = await runSubprocess({ ...node(''), program: join(temporaryFolder(), 'none') }, never)
  expect(end).toMatchObject({ code: null, signal: null, lastLine: expect.stringContaining('ENOENT') as string })
})

it('lets a program know that the one that started it was killed', async () => {
  const told = join(temporaryFolder(), 'told')
  const parent = fork(join(import.meta.dirname, 'killed-parent.fixture.ts'), [told], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(parent, 'message')
  parent.kill('SIGKILL')
  for (let tries = 0; tries < 200 && !existsSync(told); tries++) await new Promise((resolve) => setTimeout(resolve, 25))
  expect(readFileSync(told, 'utf8')).toBe('stdin ended')
})
