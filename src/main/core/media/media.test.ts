import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Cancelled } from '../../../shared/errors.ts'
import { createMedia, type Media, type MediaOptions } from './media.ts'
import type { ExamineTask } from './examine.ts'
import { quartersPicture } from './pictures.fixture.ts'

const crashing = fileURLToPath(new URL('./crashing-process.fixture.ts', import.meta.url))
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

describe('media processes', () => {
  it('examine many files at once', async () => {
    const threads = start({ threads: 2 })
    const tasks = await Promise.all(Array.from({ length: 12 }, (_, index) => task(`many-${index}.png`, 40 + index)))
    const widths = await Promise.all(tasks.map(async (one) => await threads.examine(one)))
    expect(widths.map((one) => (one.kind === 'picture' ? one.width : 0))).toEqual(tasks.map((_, index) => 40 + index))
  })

  it('survive a file that kills one: it is tried separately, and taken if it works there', async () => {
    const threads = start({ threads: 2, file: crashing })
    const names = ['a.png', 'b.png', 'poison.png', 'c.png', 'd.png', 'e.png']
    const examined = await Promise.all(names.map(async (name) => threads.examine(await task(name))))
    expect(examined.map(({ kind }) => kind)).toEqual(names.map(() => 'picture'))
  })

  it('refuse a file that kills every process, and take all others', async () => {
    const threads = start({ threads: 2, file: crashing })
    const names = ['f.png', 'deadly.png', 'g.png', 'h.png', 'i.png']
    const settled = await Promise.allSettled(names.map(async (name) => threads.examine(await task(name))))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(settled[1]).toMatchObject({ reason: { code: 'import.crashed', data: { file: 'deadly.png' } } })
  })

  it('blame no file where they do not start, and say how they ended', async () => {
    const deaths: string[] = []
    const file = join(folder, 'broken-process.ts')
    writeFileSync(file, `throw new Error('libvips-cpp.so.42: cannot open shared object file')`)
    const threads = start({ threads: 2, file, onDeath: (how) => void deaths.push(how) })
    const names = ['x.png', 'y.png', 'z.png']
    const settled = await Promise.allSettled(names.map(async (name) => threads.examine(await task(name))))
    for (const one of settled)
      expect(one).toMatchObject({
        status: 'rejected',
        reason: { code: 'media.notStarted', data: { reason: expect.stringContaining('Error: libvips') as string } }
      })
    expect(deaths.length).toBeGreaterThanOrEqual(3)
    expect(deaths[0]).toMatch(/^exit code 1: [^]*libvips-cpp\.so\.42: cannot open/)
  })

  it('refuse a file that never ends, and continue', async () => {
    // A fast clock: 60 of its seconds are six of ours, and only the endless file is there to be judged by it.
    const threads = start({ threads: 1, file: crashing, second: 100 })
    await expect(threads.examine(await task('endless.png'))).rejects.toMatchObject({
      code: 'import.stalled',
      data: { file: 'endless.png' }
    })
    await media?.close()
    expect(await start({ threads: 1, file: crashing }).examine(await task('after.png'))).toMatchObject({ kind: 'picture' })
  }, 60_000)

  it('refuse a file that fills the memory', async () => {
    const threads = start({ threads: 1, file: crashing })
    const failed = threads.examine(await task('swelling.png'))
    await expect(failed).rejects.toMatchObject({ code: 'import.tooMuchMemory', data: { file: 'swelling.png' } })
  }, 120_000)

  it('cancel work that never ends, at once if it is waiting', async () => {
    const threads = start({ threads: 1, file: crashing })
    const stop = new AbortController()
    const given = [await task('endless-2.png'), await task('held.png'), await task('waiting.png')].map((one) =>
      threads.examine(one, stop.signal)
    )
    stop.abort()
    const settled = await Promise.allSettled(given)
    for (const one of settled) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(Cancelled) })
    expect(await threads.examine(await task('next.png'))).toMatchObject({ kind: 'picture' })
  }, 60_000)

  it('are closed at once while a file never ends', async () => {
    const threads = start({ threads: 1, file: crashing })
    const asked = Promise.allSettled([threads.examine(await task('endless-3.png'))])
    await threads.close()
    expect((await asked)[0]).toMatchObject({ status: 'rejected', reason: expect.any(Cancelled) })
  })

  it('draw a preview of a file that is not imported, and none of other files', async () => {
    const threads = start({ threads: 1 })
    const { path } = await task('preview.png', 400)
    const drawn = await threads.preview(path)
    expect(await sharp(drawn ?? Buffer.alloc(0)).metadata()).toMatchObject({ format: 'jpeg', width: 160, height: 12 })
    writeFileSync(join(folder, 'text.jpg'), 'text')
    expect(await threads.preview(join(folder, 'text.jpg'))).toBeNull()
    expect(await threads.preview(join(folder, 'nowhere.jpg'))).toBeNull()
  })

  it('end when told to, whatever they are doing', async () => {
    const threads = start({ threads: 1 })
    const tasks = await Promise.all(Array.from({ length: 8 }, (_, index) => task(`end-${index}.png`)))
    const asked = Promise.allSettled(tasks.map((one) => threads.examine(one)))
    await threads.close()
    const failures = (await asked).filter((one) => one.status === 'rejected')
    expect(failures.length).toBeGreaterThan(0)
    for (const { reason } of failures) expect(reason).toBeInstanceOf(Cancelled)
    await expect(threads.examine(await task('late.png'))).rejects.toBeInstanceOf(Cancelled)
  })
})
