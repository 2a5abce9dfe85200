import { mkdirSync, writeFileSync } from 'node:fs'
import type * as fileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { Cancelled } from '../../../shared/errors.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { longestAnswer } from './answering.ts'
import { expectReadable, scanFolder } from './scan.ts'

const system = vi.hoisted(() => ({ asked: (): void => undefined }))

/** Never answers about what is called `stalled`, as a network share that is gone. */
vi.mock('node:fs/promises', async (actual) => {
  const real = await actual<typeof fileSystem>()
  const silent =
    <A extends unknown[], R>(call: (path: string, ...rest: A) => Promise<R>) =>
    (path: string, ...rest: A): Promise<R> => {
      if (!path.includes('stalled')) return call(path, ...rest)
      system.asked()
      return new Promise(() => undefined)
    }
  return { ...real, stat: silent(real.stat as never), readdir: silent(real.readdir as never), opendir: silent(real.opendir as never) }
})

afterEach(() => void vi.useRealTimers())

/** A folder with a picture whose folder, or which itself, never answers; and when it is asked about. */
function stalled(name: 'stalled' | 'stalled.jpg'): { folder: string; asked: Promise<void> } {
  const folder = temporaryFolder()
  if (name === 'stalled') mkdirSync(join(folder, name))
  else writeFileSync(join(folder, name), '')
  return { folder, asked: new Promise((resolve) => (system.asked = resolve)) }
}

it.each(['stalled', 'stalled.jpg'] as const)('a scan that waits for “%s” ends when it is stopped', async (name) => {
  const { folder, asked } = stalled(name)
  const stop = new AbortController()
  const scan = scanFolder(folder, { details: true, signal: stop.signal }, () => undefined)
  await asked
  stop.abort()
  await expect(scan).rejects.toBeInstanceOf(Cancelled)
})

it.each(['stalled', 'stalled.jpg'] as const)('a scan that waits for “%s” fails in words after a minute', async (name) => {
  const { folder, asked } = stalled(name)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const scan = scanFolder(folder, { details: true, signal: null }, () => undefined)
  const failed = expect(scan).rejects.toMatchObject({ code: 'import.folderStalled', data: { folder } })
  await asked
  vi.advanceTimersByTime(longestAnswer)
  await failed
})

it('an import of a folder that does not answer is refused after a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const refused = expect(expectReadable('/stalled')).rejects.toMatchObject({ code: 'import.folderStalled' })
  vi.advanceTimersByTime(longestAnswer)
  await refused
})
