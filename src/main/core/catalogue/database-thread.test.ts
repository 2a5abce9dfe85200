import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from './catalogue.fixture.ts'
import { startDatabaseThread, type DatabaseThread } from './database-thread.ts'

const entry = vi.hoisted(() => ({ file: '' }))
vi.mock('../entries.ts', () => ({ entryFile: () => entry.file }))

/** A thread that runs `text`; `replies` computes its reply to a message. */
function threadOf(text: string): { thread: DatabaseThread; problem: ReturnType<typeof vi.fn> } {
  entry.file = join(temporaryFolder(), 'thread.mjs')
  writeFileSync(entry.file, `import { parentPort } from 'node:worker_threads'\n${text}`)
  const problem = vi.fn()
  const thread = startDatabaseThread({ role: 'reader', folder: '/catalogue', make: null }, { answered: () => undefined, problem })
  onTestFinished(() => thread.close().catch(() => undefined))
  return { thread, problem }
}

const answering = `parentPort.on('message', ({ id, name }) => {
  if (name === 'die') throw new Error('out of order')
  if (name === 'upkeep') parentPort.postMessage({ id: 0, milliseconds: 0, failure: { kind: 'bug', name: 'Error', message: 'disk', stack: '' } })
  if (name !== 'silence') parentPort.postMessage({ id, milliseconds: 1, result: name })
})`

it('rejects every pending and every later call when the thread dies', async () => {
  const { thread } = threadOf(answering)
  expect(await thread.call('one', null)).toBe('one')
  const pending = thread.call('silence', null)
  const fatal = thread.call('die', null)
  const died = { code: 'catalogue.threadDied', data: { folder: '/catalogue' } }
  await expect(pending).rejects.toMatchObject(died)
  await expect(fatal).rejects.toMatchObject(died)
  await expect(thread.call('one', null)).rejects.toMatchObject(died)
  expect(thread.pending).toBe(0)
  await thread.close()
})

it('rejects pending calls if the thread cannot start', async () => {
  const { thread } = threadOf(`import 'no-such-package'`)
  await expect(thread.open()).rejects.toMatchObject({ code: 'catalogue.threadDied' })
  await expect(thread.call('one', null)).rejects.toMatchObject({ code: 'catalogue.threadDied' })
})

it('reports an error that belongs to no call, and continues', async () => {
  const { thread, problem } = threadOf(answering)
  expect(await thread.call('upkeep', null)).toBe('upkeep')
  expect(problem).toHaveBeenCalledWith(expect.objectContaining({ message: 'disk' }))
})

it('ends the thread if the connection cannot be closed cleanly, and reports it', async () => {
  const { thread } = threadOf(
    `parentPort.on('message', ({ id }) => parentPort.postMessage({ id, milliseconds: 0, failure: { kind: 'bug', name: 'Error', message: 'disk full', stack: '' } }))`
  )
  await expect(thread.close()).rejects.toThrow('disk full')
  await expect(thread.call('one', null)).rejects.toMatchObject({ code: 'catalogue.closed' })
})

it('ends the thread even if it dies while closing', async () => {
  const { thread } = threadOf(`parentPort.on('message', () => { throw new Error('dead') })`)
  await expect(thread.close()).rejects.toMatchObject({ code: 'catalogue.threadDied' })
  await thread.close()
})
