import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Cancelled } from '../../../shared/errors.ts'
import { createMedia, type Media, type MediaOptions } from './media.ts'
import type { ExamineTask } from './examine.ts'
import { quartersPicture } from './pictures.fixture.ts'

const crashing = fileURLToPath(new URL('./crashing-thread.fixture.ts', import.meta.url))
let folder: string
let media: Media | null = null
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-media-'))))
afterEach(async () => await media?.close())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(options: MediaOptions): Media {
  media = createMedia(options)
  return media
}

async function task(name: string, width = 40): Promise<ExamineTask> {
  writeFileSync(join(folder, name), await quartersPicture(width, 30).png().toBuffer())
  return { path: join(folder, name), file: name, catalogueFolder: folder, copyTo: null, draw: true }
}

describe('media threads', () => {
  it('examine many files at once', async () => {
    const threads = start({ threads: 2 })
    const tasks = await Promise.all(Array.from({ length: 12 }, (_, index) => task(`many-${index}.png`, 40 + index)))
    const widths = await Promise.all(tasks.map(async (one) => await threads.examine(one)))
    expect(widths.map((one) => (one.kind === 'picture' ? one.width : 0))).toEqual(tasks.map((_, index) => 40 + index))
  })

  it('outlive a file that kills one: it is tried apart, and taken where it does no harm there', async () => {
    const threads = start({ threads: 2, file: crashing })
    const names = ['a.png', 'b.png', 'poison.png', 'c.png', 'd.png', 'e.png']
    const examined = await Promise.all(names.map(async (name) => threads.examine(await task(name))))
    expect(examined.map(({ kind }) => kind)).toEqual(names.map(() => 'picture'))
  }, 30_000)

  it('set a file aside that kills every process, and take all others', async () => {
    const threads = start({ threads: 2, file: crashing })
    const names = ['f.png', 'deadly.png', 'g.png', 'h.png', 'i.png']
    const settled = await Promise.allSettled(names.map(async (name) => threads.examine(await task(name))))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(settled[1]).toMatchObject({ reason: { code: 'import.crashed', data: { file: 'deadly.png' } } })
  }, 30_000)

  it('end when they are told to, whatever they are at', async () => {
    const threads = start({ threads: 1 })
    const tasks = await Promise.all(Array.from({ length: 8 }, (_, index) => task(`end-${index}.png`)))
    const asked = Promise.allSettled(tasks.map((one) => threads.examine(one)))
    await threads.close()
    const failures = (await asked).filter((one) => one.status === 'rejected')
    expect(failures.length).toBeGreaterThan(0)
    for (const { reason } of failures) expect(reason).toBeInstanceOf(Cancelled)
    await expect(threads.examine(await task('late.png'))).rejects.toBeInstanceOf(Cancelled)
  }, 30_000)
})
