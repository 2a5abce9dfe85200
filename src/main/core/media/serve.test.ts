import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkbench, type Workbench } from '../import/workbench.fixture.ts'
import { createMedia, type Media } from './media.ts'
import { quartersPicture } from './pictures.fixture.ts'
import { serveMedia, type ServedPicture } from './serve.ts'
import { keptFile, type KeptSize } from './thumbnails.ts'

let bench: Workbench
let media: Media
const hashes = new Map<string, string>()

beforeAll(async () => {
  bench = await openWorkbench()
  media = createMedia({ threads: 1 })
  bench.put('plain.jpg', await quartersPicture(500, 250).jpeg().toBuffer())
  bench.put('turned.jpg', await quartersPicture(501, 250).withMetadata({ orientation: 6 }).jpeg().toBuffer())
  bench.put('cmyk.jpg', await quartersPicture(502, 250).toColourspace('cmyk').jpeg().toBuffer())
  bench.put('deep.png', await quartersPicture(503, 250).toColourspace('rgb16').png().toBuffer())
  bench.put('scan.tif', await quartersPicture(504, 250).tiff().toBuffer())
  bench.put('moving.gif', await quartersPicture(505, 250).gif().toBuffer())
  bench.put('gone.jpg', await quartersPicture(506, 250).jpeg().toBuffer())
  await bench.run()
  for (let id = 1; id <= 7; id++) {
    const image = (await bench.catalogue.read('storedRecord', id))?.images[0]
    if (image !== undefined) hashes.set(image.fileName, image.sha256)
  }
}, 60_000)
afterAll(async () => {
  await media.close()
  await bench.close()
})

async function serve(name: string, size: KeptSize): Promise<ServedPicture> {
  const served = await serveMedia(bench.catalogue, media, hashes.get(name) ?? '', size)
  if (served === null) throw new Error(`${name} is not served`)
  return served
}

describe('pictures for the window', () => {
  it.each(['thumb', 'screen'] as const)('%s comes from the catalogue', async (size) => {
    expect(await serve('scan.tif', size)).toEqual({
      file: keptFile(bench.catalogue.folder, hashes.get('scan.tif') ?? '', size),
      type: 'image/jpeg',
      shown: size
    })
  })

  it.each([
    ['plain.jpg', 'image/jpeg'],
    ['turned.jpg', 'image/jpeg'],
    ['moving.gif', 'image/gif']
  ])('at full size %s is the original', async (name, type) => {
    expect(await serve(name, 'full')).toEqual({ file: join(bench.photos, name), type, shown: 'full' })
  })

  it.each(['cmyk.jpg', 'deep.png', 'scan.tif'])('at full size %s is turned into a JPEG in sRGB, once', async (name) => {
    const first = await serve(name, 'full')
    expect(first).toMatchObject({
      file: keptFile(bench.catalogue.folder, hashes.get(name) ?? '', 'full'),
      type: 'image/jpeg',
      shown: 'full'
    })
    expect(await sharp(first.file).metadata()).toMatchObject({ format: 'jpeg', space: 'srgb', depth: 'uchar', height: 250 })
    expect(await serve(name, 'full')).toEqual(first)
  })

  it('a missing or changed original is replaced by the screen size, and the reply says so', async () => {
    writeFileSync(join(bench.photos, 'gone.jpg'), 'another file')
    expect(await serve('gone.jpg', 'full')).toMatchObject({ shown: 'screen', type: 'image/jpeg' })
    rmSync(join(bench.photos, 'gone.jpg'))
    expect(await serve('gone.jpg', 'full')).toMatchObject({ shown: 'screen' })
  })

  it('a kept picture that was deleted is drawn again', async () => {
    const file = keptFile(bench.catalogue.folder, hashes.get('plain.jpg') ?? '', 'thumb')
    rmSync(file)
    expect(await serve('plain.jpg', 'thumb')).toMatchObject({ file, shown: 'thumb' })
    expect(existsSync(file)).toBe(true)
  })

  it('what the catalogue does not have is not served, and no path leads out of it', async () => {
    expect(await serveMedia(bench.catalogue, media, '0'.repeat(64), 'thumb')).toBeNull()
    expect(await serveMedia(bench.catalogue, media, '0'.repeat(64), 'full')).toBeNull()
    for (const name of ['../../../etc/passwd', `${'0'.repeat(63)}/`, '', '0'.repeat(63), 'A'.repeat(64)])
      await expect(serveMedia(bench.catalogue, media, name, 'thumb')).rejects.toMatchObject({ code: 'media.notFound' })
  })
})

it('a process continues after an original that cannot be read at full size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-full-'))
  mkdirSync(join(folder, 'thumbnails'))
  writeFileSync(join(folder, 'broken.tif'), 'II*\0')
  const task = { path: join(folder, 'broken.tif'), sha256: '1'.repeat(64), format: 'tiff', catalogueFolder: folder } as const
  await expect(media.prepareFull(task)).rejects.toMatchObject({ code: 'import.damaged' })
  await expect(media.ready()).resolves.toBeUndefined()
  rmSync(folder, { recursive: true })
})
