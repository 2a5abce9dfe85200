/**
 * The import as a whole. Over 400 lines, because all of it shares one pool of media processes and pictures that are drawn once: a file
 * of its own for each part would start both again.
 */
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ImportItem } from '../../../shared/model/job.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Examined, ExamineTask } from '../media/examine.ts'
import { createMedia, type Media } from '../media/media.ts'
import { hugePng, pagesPicture, pngWithXmp, quarters, quartersPicture } from '../media/pictures.fixture.ts'
import { serveMedia } from '../media/serve.ts'
import { keptFile } from '../media/thumbnails.ts'
import { openWorkbench, type Workbench } from './workbench.fixture.ts'

const media = createMedia({ threads: 2 })
let bench: Workbench
beforeEach(async () => (bench = await openWorkbench(media)))
afterEach(async () => await bench.close())
afterAll(async () => await media.close())

const drawn = new Map<number, Promise<Buffer>>()

/** A small picture of its own for every number; each is drawn once. */
function picture(number: number): Promise<Buffer> {
  const bytes =
    drawn.get(number) ??
    quartersPicture(20 + (number % 200), 20 + Math.floor(number / 200))
      .png()
      .toBuffer()
  drawn.set(number, bytes)
  return bytes
}

async function items(jobId: number): Promise<ImportItem[]> {
  return (await bench.imports.report({ jobId, state: null, after: null, limit: 500 })).items
}

/** Numbers and views of all objects, in the order of their numbers. */
async function objects(): Promise<{ number: string | null; views: (string | null)[] }[]> {
  const { ids } = await bench.catalogue.read('objectIds', { words: [], order: 'number', status: [], flagged: null, suggested: null })
  return await Promise.all(
    ids.map(async (id) => {
      const record = await bench.catalogue.read('storedRecord', id)
      if (record === null) throw new Error('gone')
      return { number: record.inventoryNumber, views: record.images.map(({ view }) => view) }
    })
  )
}

describe('an import', () => {
  it('reports every file, and the sum of the states is their number', async () => {
    bench.put('a.png', await picture(1))
    bench.put('sub/a copy.png', await picture(1))
    bench.put('b.png', await picture(2))
    bench.put('cut.png', (await quartersPicture(300, 300).png({ compressionLevel: 0 }).toBuffer()).subarray(0, 3000))
    bench.put('empty.jpg', '')
    bench.put('report.jpg', '%PDF-1.4')
    bench.put('bomb.png', hugePng(30_000, 30_000))
    bench.put('notes.txt', 'no picture')
    const job = await bench.run()
    expect(job).toMatchObject({ state: 'done', total: 7, done: 7, result: { taken: 2, already: 1, refused: 4, ignored: 1 } })
    expect(job.counts).toMatchObject({ pending: 0, taken: 2, already: 1, refused: 4 })
    const report = await items(job.jobId)
    // Of two files with the same content, the one that finishes first is the picture, the other its duplicate.
    const [first, double] = [report[0], report.at(-1)].sort((one) => (one?.state === 'taken' ? -1 : 1))
    expect(first).toMatchObject({ state: 'taken', reason: null })
    expect(double).toMatchObject({ state: 'already', reason: 'import.sameAs', data: { file: double?.path, other: first?.path } })
    expect(report.slice(1, -1).map(({ path, state, reason }) => [path, state, reason])).toEqual([
      ['b.png', 'taken', null],
      ['bomb.png', 'refused', 'import.tooManyPixels'],
      ['cut.png', 'refused', 'import.truncated'],
      ['empty.jpg', 'refused', 'import.empty'],
      ['report.jpg', 'refused', 'import.otherFormat']
    ])
    const { items: refused, counts } = await bench.imports.report({ jobId: job.jobId, state: 'refused', after: 'bomb.png', limit: 2 })
    expect(refused.map(({ path }) => path)).toEqual(['cut.png', 'empty.jpg'])
    expect(counts).toEqual({ pending: 0, taken: 2, already: 1, refused: 4 })
  }, 60_000)

  it('knows files by path, size and date, and opens none of them again', async () => {
    const path = bench.put('a.png', await picture(1))
    bench.put('b.png', await picture(2))
    await bench.run()
    // If it were opened now, it would not be a picture.
    const when = new Date(1_600_000_000_000)
    utimesSync(path, when, when)
    await bench.run()
    writeFileSync(path, 'x'.repeat(readFileSync(path).length))
    utimesSync(path, when, when)
    const again = await bench.run()
    expect(again.result).toMatchObject({ taken: 0, already: 2, refused: 0 })
    expect((await items(again.jobId)).map(({ reason }) => reason)).toEqual(['import.known', 'import.known'])
    // As part of a folder above or below it is the same file.
    const above = await bench.run({ folder: bench.folder })
    expect(above.result).toMatchObject({ taken: 0, already: 2 })
  })

  it('looks again at a file that changed, and keeps both pictures', async () => {
    bench.put('a.png', await picture(1))
    await bench.run()
    bench.put('a.png', await picture(2))
    expect((await bench.run()).result).toMatchObject({ taken: 1, already: 0 })
    expect(await objects()).toHaveLength(2)
  })

  it('copies the originals if asked to', async () => {
    bench.put('set/a.png', await picture(1))
    bench.put('set/b.png', await picture(2))
    const job = await bench.run({ copy: true })
    expect(job.result).toMatchObject({ taken: 2 })
    expect(readdirSync(join(bench.catalogue.folder, 'originals', 'set')).sort()).toEqual(['a.png', 'b.png'])
    rmSync(bench.photos, { recursive: true })
    const image = (await bench.catalogue.read('storedRecord', 1))?.images[0]
    expect(await serveMedia(bench.catalogue, media, image?.sha256 ?? '', 'full')).toMatchObject({
      file: join(bench.catalogue.folder, 'originals', 'set', image?.fileName ?? ''),
      type: 'image/png',
      shown: 'full'
    })
  })

  it.skipIf(process.platform === 'win32')(
    'copies originals whose names have any length, also where two pictures want one name',
    async () => {
      const name = `${'à'.repeat(120)}.png`
      bench.put(name, await picture(1))
      expect((await bench.run({ copy: true })).result).toMatchObject({ taken: 1, refused: 0 })
      bench.put(name, await picture(2))
      expect((await bench.run({ copy: true })).result).toMatchObject({ taken: 1, refused: 0 })
      const copies = readdirSync(join(bench.catalogue.folder, 'originals')).sort()
      expect(copies).toEqual([`${'à'.repeat(120)} (2).png`, name].sort())
      bench.put(`${'x'.repeat(251)}.png`, await picture(3))
      bench.put(`sub/${'x'.repeat(251)}.png`, await picture(4))
      expect((await bench.run({ copy: true })).result).toMatchObject({ taken: 2, refused: 0 })
      expect(readdirSync(join(bench.catalogue.folder, 'parts'))).toEqual([])
    }
  )

  it('says that a folder holds no picture, is not there, or that the pattern is wrong', async () => {
    bench.put('notes.txt', 'no picture')
    expect(await bench.run()).toMatchObject({ state: 'failed', error: { code: 'import.noPictures', data: { ignored: 1 } } })
    await expect(bench.run({ folder: join(bench.folder, 'nowhere') })).rejects.toMatchObject({ code: 'import.folderNotFound' })
    await expect(bench.run({ pattern: '{number}' })).rejects.toMatchObject({ code: 'pattern.token', data: { token: '{number}' } })
  })

  it('says of a file with several pages that only the first one was taken', async () => {
    const pages = await pagesPicture([quarters[0], quarters[1]])
    bench.put('pages.tif', await pages.tiff().toBuffer())
    const { jobId } = await bench.run()
    expect((await items(jobId))[0]).toMatchObject({ state: 'taken', reason: 'import.pages', data: { file: 'pages.tif', pages: 2 } })
  })

  it('takes a picture whose description is too large, and reports it', async () => {
    const bag = `<dc:subject><rdf:Bag>${'<rdf:li>x</rdf:li>'.repeat(300_000)}</rdf:Bag></dc:subject>`
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description>${bag}</rdf:Description></rdf:RDF></x:xmpmeta>`
    bench.put('a.png', pngWithXmp(await picture(1), xmp))
    const { jobId } = await bench.run()
    expect((await items(jobId))[0]).toMatchObject({ state: 'taken', reason: 'import.descriptionTooLarge', data: { file: 'a.png' } })
  }, 60_000)

  it('tries refused files again as a new job', async () => {
    bench.put('a.png', await picture(1))
    bench.put('b.png', '')
    bench.put('c.jpg', '%PDF')
    const first = await bench.run()
    bench.put('b.png', await picture(2))
    const retry = await bench.imports.retry(first.jobId)
    expect(await bench.ended(retry)).toMatchObject({ state: 'done', total: 2, result: { taken: 1, already: 0, refused: 1 } })
    expect((await items(retry)).map(({ path, state }) => [path, state])).toEqual([
      ['b.png', 'taken'],
      ['c.jpg', 'refused']
    ])
    rmSync(join(bench.photos, 'c.jpg'))
    const last = await bench.imports.retry(retry)
    await bench.ended(last)
    expect((await items(last))[0]).toMatchObject({ path: 'c.jpg', reason: 'import.vanished' })
  })
})

describe('inventory numbers', () => {
  it('make views of one object, in the order of the views, and later images join it', async () => {
    for (const [index, name] of ['M10_b.png', 'M10_a.png', 'M2_10.png', 'M2_2.png', 'portrait.png'].entries())
      bench.put(name, await picture(index))
    const first = await bench.run({ pattern: '{num}_{view}' })
    expect(await objects()).toMatchObject([
      { number: 'M2', views: ['2', '10'] },
      { number: 'M10', views: ['a', 'b'] },
      { number: null, views: [null] }
    ])
    expect((await items(first.jobId)).map(({ inventoryNumber, reason }) => [inventoryNumber, reason])).toEqual([
      ['M10', null],
      ['M10', null],
      ['M2', null],
      ['M2', null],
      [null, 'import.noNumber']
    ])
    bench.put('M2_1.png', await picture(77))
    await bench.run({ pattern: '{num}_{view}' })
    expect((await objects())[0]).toMatchObject({ number: 'M2', views: ['1', '2', '10'] })
  })

  it('are tried on the whole folder before anything is imported', async () => {
    for (const name of ['M10_b.png', 'M10_a.png', 'sub/M2_1.png', 'portrait_1.png', 'notes.txt']) bench.put(name, 'not looked at')
    expect(await bench.imports.tryPattern(bench.photos, '{num}_{view}', false)).toEqual({
      files: 4,
      matched: 3,
      objects: 3,
      groups: [
        {
          number: 'M10',
          folder: '',
          keepsNumber: true,
          views: [
            { name: 'M10_a.png', view: 'a' },
            { name: 'M10_b.png', view: 'b' }
          ],
          viewCount: 2,
          doubts: [],
          object: null
        },
        {
          number: 'M2',
          folder: 'sub',
          keepsNumber: true,
          views: [{ name: 'sub/M2_1.png', view: '1' }],
          viewCount: 1,
          doubts: [],
          object: null
        }
      ],
      groupCount: 2,
      doubtful: 0,
      unmatched: ['portrait_1.png'],
      lackDigit: 1,
      error: null
    })
    expect(await bench.imports.tryPattern(bench.photos, '{num}_{nom}', false)).toMatchObject({
      matched: 0,
      error: { code: 'pattern.token' }
    })
    expect(await bench.imports.tryPattern(bench.photos, '', false)).toMatchObject({ files: 4, matched: 0, objects: 4, error: null })
  })

  it('never merge pictures of two folders, and the trial shows the outcome beforehand', async () => {
    const names = ['wills/f18_r.png', 'book/f18_r.png', 'book/f18_v.png', 'wills/f18_v.png', 'book/f19_r.png']
    for (const [index, name] of names.entries()) bench.put(name, await picture(index))
    const trial = await bench.imports.tryPattern(bench.photos, '{num}_{view}', false)
    expect(trial.groups.map(({ number, folder, keepsNumber, doubts }) => [number, folder, keepsNumber, doubts])).toEqual([
      ['f18', 'wills', false, ['otherFolder']],
      ['f18', 'book', true, []],
      ['f19', 'book', true, []]
    ])
    const { jobId } = await bench.run({ pattern: '{num}_{view}' })
    expect(await objects()).toEqual([
      { number: 'f18', views: ['r', 'v'] },
      { number: null, views: ['r', 'v'] },
      { number: 'f19', views: ['r'] }
    ])
    expect((await items(jobId)).map(({ path, inventoryNumber, reason }) => [path, inventoryNumber, reason])).toEqual([
      ['book/f18_r.png', 'f18', null],
      ['book/f18_v.png', 'f18', null],
      ['book/f19_r.png', 'f19', null],
      ['wills/f18_r.png', null, 'import.numberElsewhere'],
      ['wills/f18_v.png', null, 'import.numberElsewhere']
    ])
  })

  it('merge pictures of several folders if asked to', async () => {
    for (const [index, name] of ['front/12.png', 'back/12.png'].entries()) bench.put(name, await picture(index))
    const trial = await bench.imports.tryPattern(bench.photos, '{num}', true)
    expect(trial.groups.map(({ number, viewCount, doubts }) => [number, viewCount, doubts])).toEqual([
      ['12', 2, ['acrossFolders', 'sameView']]
    ])
    await bench.run({ pattern: '{num}', acrossFolders: true })
    expect(await objects()).toEqual([{ number: '12', views: [null, null] }])
  })

  it('lead to objects of the catalogue from the same folder only, and trial and report say so', async () => {
    bench.put('a/7_1.png', await picture(1))
    bench.put('a/8_1.png', await picture(2))
    await bench.run({ pattern: '{num}_{view}' })
    bench.put('a/7_2.png', await picture(3))
    bench.put('b/8_2.png', await picture(4))
    const trial = await bench.imports.tryPattern(bench.photos, '{num}_{view}', false)
    expect(
      trial.groups.map(({ number, folder, keepsNumber, doubts, object }) => [number, folder, keepsNumber, doubts, object?.images])
    ).toEqual([
      ['8', 'b', false, ['taken'], 1],
      ['7', 'a', true, ['joins'], 1],
      ['8', 'a', true, [], 1]
    ])
    const { jobId } = await bench.run({ pattern: '{num}_{view}' })
    expect(await objects()).toEqual([
      { number: '7', views: ['1', '2'] },
      { number: '8', views: ['1'] },
      { number: null, views: ['2'] }
    ])
    expect((await items(jobId)).filter(({ state }) => state === 'taken')).toMatchObject([
      { path: 'a/7_2.png', reason: 'import.joinedObject', data: { file: 'a/7_2.png', number: '7' } },
      { path: 'b/8_2.png', reason: 'import.numberElsewhere', data: { file: 'b/8_2.png', number: '8' } }
    ])
  })
})

describe('an interrupted import', () => {
  const few = 20

  /** Media that serves a number of files and then blocks until cancelled, so that the import stays half done. */
  function stopsAfter(files: number): Media {
    let begun = 0
    const examine = (task: ExamineTask, signal?: AbortSignal): Promise<Examined> =>
      ++begun <= files
        ? media.examine(task, signal)
        : new Promise((_, reject) => {
            const giveUp = (): void => reject(new Cancelled())
            if (signal?.aborted === true) giveUp()
            else signal?.addEventListener('abort', giveUp, { once: true })
          })
    return { ...media, examine }
  }

  /** Settles once a number of files of an import are done. */
  async function done(files: number): Promise<void> {
    await bench.until((event) => event.type === 'job' && event.job.done >= files)
  }

  async function putPictures(number: number): Promise<void> {
    for (let index = 0; index < number; index++) bench.put(`${String(index).padStart(3, '0')}.png`, await picture(index))
  }

  it('stops when told to and resumes where it stopped', async () => {
    await putPictures(few)
    bench = await bench.reopen(stopsAfter(8))
    const jobId = await bench.imports.start({ folder: bench.photos })
    await done(8)
    expect(await bench.jobs.stop(jobId)).toMatchObject({ state: 'stopped', done: 8 })
    bench = await bench.reopen(media)
    await bench.jobs.resume(jobId)
    expect(await bench.ended(jobId)).toMatchObject({ state: 'done', total: few, result: { taken: few, already: 0, refused: 0 } })
    expect(await objects()).toHaveLength(few)
  }, 60_000)

  it('resumes by itself when the catalogue is opened again', async () => {
    await putPictures(few)
    bench = await bench.reopen(stopsAfter(8))
    const jobId = await bench.imports.start({ folder: bench.photos })
    await done(8)
    bench = await bench.reopen(media)
    expect(await bench.ended(jobId)).toMatchObject({ state: 'done', total: few, result: { taken: few, already: 0, refused: 0 } })
  }, 60_000)

  it('ends in one sentence when the disk does not answer, and refuses no file for it', async () => {
    await putPictures(few)
    const deaf = { ...media, examine: ({ file }: ExamineTask) => Promise.reject(new AppError('import.stalled', { file })) }
    bench = await bench.reopen(deaf)
    const failed = await bench.run()
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'import.folderStalled', data: { folder: bench.photos } } })
    bench = await bench.reopen(media)
    await bench.jobs.resume(failed.jobId)
    const { result } = await bench.ended(failed.jobId)
    expect(Number(result?.['taken']) + Number(result?.['refused'])).toBe(few)
    expect(result?.['refused']).toBeLessThanOrEqual(2)
  }, 60_000)

  it('fails with one error if the catalogue cannot be written, and resumes once it can', async () => {
    await putPictures(few)
    const thumbnails = join(bench.catalogue.folder, 'thumbnails')
    rmSync(thumbnails, { recursive: true, force: true })
    writeFileSync(thumbnails, 'in the way')
    const failed = await bench.run()
    expect(failed).toMatchObject({ state: 'failed', error: { code: expect.stringMatching(/^catalogue\./) } })
    expect(failed.counts.refused ?? 0).toBe(0)
    rmSync(thumbnails)
    bench.events.length = 0
    await bench.jobs.resume(failed.jobId)
    expect(await bench.ended(failed.jobId)).toMatchObject({ state: 'done', result: { taken: few, already: 0, refused: 0 } })
  })

  it('draws pictures again that were drawn but not recorded', async () => {
    await putPictures(few)
    await bench.run()
    const record = await bench.catalogue.read('storedRecord', 1)
    const kept = keptFile(bench.catalogue.folder, record?.images[0]?.sha256 ?? '', 'thumb')
    expect(existsSync(kept)).toBe(true)
    const other = await openWorkbench(media)
    try {
      // As after a crash between drawing and noting: kept pictures of files that the catalogue does not know.
      cpSync(join(bench.catalogue.folder, 'thumbnails'), join(other.catalogue.folder, 'thumbnails'), { recursive: true })
      expect((await other.run({ folder: bench.photos })).result).toMatchObject({ taken: few, already: 0, refused: 0 })
    } finally {
      await other.close()
    }
  })
})

it('a file that never ends does not hold the stop of an import, nor the closing of the catalogue', async () => {
  const file = fileURLToPath(new URL('../media/crashing-process.fixture.ts', import.meta.url))
  const hanging = createMedia({ threads: 1, file })
  onTestFinished(() => hanging.close())
  bench = await bench.reopen(hanging)
  for (const name of ['a.png', 'b.png', 'endless.png']) bench.put(name, await picture(name.charCodeAt(0)))
  const jobId = await bench.imports.start({ folder: bench.photos })
  await bench.until((event) => event.type === 'job' && event.job.done === 2)
  expect(await bench.jobs.stop(jobId)).toMatchObject({ state: 'stopped', done: 2 })
  await bench.jobs.resume(jobId)
  bench = await bench.reopen(media)
  expect(await bench.ended(jobId)).toMatchObject({ state: 'done', result: { taken: 3, refused: 0 } })
}, 60_000)

it('a file that kills the decoder is refused, and the others are taken', async () => {
  const file = fileURLToPath(new URL('../media/crashing-process.fixture.ts', import.meta.url))
  const crashing = createMedia({ threads: 2, file })
  onTestFinished(() => crashing.close())
  bench = await bench.reopen(crashing)
  for (const name of ['a.png', 'deadly.png', 'poison.png', 'z.png']) bench.put(name, await picture(name.charCodeAt(0)))
  const job = await bench.run()
  expect(job.result).toMatchObject({ taken: 3, refused: 1 })
  expect((await items(job.jobId)).map(({ path, reason }) => [path, reason])).toContainEqual(['deadly.png', 'import.crashed'])
})

it.skipIf(process.getuid?.() === 0)('a file without permission is refused by its name', async () => {
  chmodSync(bench.put('a.png', await picture(1)), 0o000)
  expect((await items((await bench.run()).jobId))[0]).toMatchObject({ path: 'a.png', reason: 'import.denied' })
})
