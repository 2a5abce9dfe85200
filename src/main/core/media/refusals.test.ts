import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { languages } from '../../../shared/model/facet.ts'
import { errorTables } from '../../../shared/locales/error-tables.ts'
import { sentence } from '../../../shared/locales/errors.ts'
import { examine } from './examine.ts'
import { gifOfClaimedSize, hugePng, jpegInScans, jpegOfClaimedSize, noise, quartersPicture, tiffHeader } from './pictures.fixture.ts'
import { unwatched } from './work.ts'
import { fileProblem, isStoreProblem, storeProblem } from './problem.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-refusals-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The AppError with which a file is refused. */
async function refusal(name: string): Promise<AppError> {
  const task = { path: join(folder, name), file: name, catalogueFolder: folder, copyTo: null, draw: true }
  const error: unknown = await examine(task, unwatched).then(
    () => null,
    (reason: unknown) => reason
  )
  if (!(error instanceof AppError)) throw new Error(`${name} was not refused: ${String(error)}`)
  return error
}

async function refused(name: string, bytes: Buffer): Promise<AppError> {
  writeFileSync(join(folder, name), bytes)
  return await refusal(name)
}

/** Both languages have a sentence that names the file and leaves nothing open. */
function expectSentence(error: AppError, file: string): void {
  for (const language of languages) {
    expect(errorTables[language]).toHaveProperty([error.code])
    const text = sentence(language, error.code, error.data)
    expect(text).toContain(file)
    expect(text).not.toMatch(/[{}]/)
  }
}

describe('a truncated file is distinguished from a damaged one', () => {
  const picture = (): ReturnType<typeof noise> => noise(300, 200)
  it.each([
    ['cut.jpg', () => picture().jpeg().toBuffer()],
    ['cut-progressive.jpg', () => picture().jpeg({ progressive: true }).toBuffer()],
    ['cut.png', () => picture().png().toBuffer()],
    ['cut.tif', () => picture().tiff({ compression: 'none' }).toBuffer()],
    ['cut-lzw.tif', () => picture().tiff({ compression: 'lzw' }).toBuffer()],
    ['cut.webp', () => picture().webp().toBuffer()],
    ['cut.gif', () => picture().gif().toBuffer()],
    ['cut.avif', () => picture().avif({ effort: 1 }).toBuffer()]
  ])('%s', async (name, make) => {
    const whole = await make()
    const error = await refused(name, whole.subarray(0, Math.floor(whole.length * 0.6)))
    expect(error.code).toBe('import.truncated')
    expectSentence(error, name)
  })

  it('damaged in the middle', async () => {
    const png = await picture().png().toBuffer()
    png.fill(0x55, 200, 2000)
    const error = await refused('damaged.png', png)
    expect(error.code).toBe('import.damaged')
    expectSentence(error, 'damaged.png')
  })

  it('a header without a picture', async () => {
    const error = await refused('header.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xd9]))
    expect(error.code).toBe('import.damaged')
  })
})

describe('what is no picture says what it is', () => {
  it.each([
    ['pdf.jpg', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj'), 'PDF'],
    ['archive.png', Buffer.from('PK\x03\x04....'), 'ZIP'],
    ['drawing.tif', Buffer.from('8BPS\0\x01'), 'Photoshop (PSD)'],
    ['page.jpg', Buffer.from('<!DOCTYPE html><html>'), 'HTML'],
    ['vector.png', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="">'), 'SVG'],
    ['film.heic', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'), 'MP4'],
    ['bitmap.bmp', Buffer.from('BM......'), 'BMP'],
    ['camera.nef', Buffer.from('II*\0\x08\0\0\0', 'latin1'), 'RAW']
  ])('%s', async (name, bytes, format) => {
    const error = await refused(name, bytes)
    expect(error).toMatchObject({ code: 'import.otherFormat', data: { format } })
    expectSentence(error, name)
  })

  it('text and emptiness', async () => {
    expect(await refused('text.jpg', Buffer.from('Hello'))).toMatchObject({ code: 'import.notPicture' })
    expect(await refused('empty.jpg', Buffer.alloc(0))).toMatchObject({ code: 'import.empty' })
    expectSentence(await refusal('empty.jpg'), 'empty.jpg')
  })

  it('but a picture with the wrong ending is taken', async () => {
    writeFileSync(join(folder, 'really-png.jpg'), await quartersPicture().png().toBuffer())
    const task = { path: join(folder, 'really-png.jpg'), file: 'really-png.jpg', catalogueFolder: folder, copyTo: null, draw: true }
    expect(await examine(task, unwatched)).toMatchObject({ kind: 'picture', format: 'png' })
  })
})

describe('sizes beyond the limit are refused before any pixel', () => {
  it('30,000 x 30,000 pixels in a hundred kilobytes', async () => {
    const bomb = hugePng(30_000, 30_000)
    expect(bomb.length).toBeLessThan(200_000)
    const error = await refused('bomb.png', bomb)
    expect(error).toMatchObject({ code: 'import.tooManyPixels', data: { width: 30_000, height: 30_000, megapixels: 900, limit: 600 } })
    expectSentence(error, 'bomb.png')
  })

  it.each([
    ['claims.tif', () => Promise.resolve(tiffHeader(35_000, 35_000)), 1225],
    ['claims.gif', () => Promise.resolve(gifOfClaimedSize(65_535, 65_535)), 4295],
    ['claims.jpg', async () => jpegOfClaimedSize(await quartersPicture().jpeg().toBuffer(), 65_000, 65_000), 4225]
  ])('%s', async (name, make, megapixels) => {
    expect(await refused(name, await make())).toMatchObject({ code: 'import.tooManyPixels', data: { megapixels } })
  })

  it('a progressive JPEG that would have to be held whole', async () => {
    const jpeg = await quartersPicture().jpeg({ progressive: true }).toBuffer()
    const error = await refused('progressive.jpg', jpegOfClaimedSize(jpeg, 20_000, 20_000))
    expect(error).toMatchObject({ code: 'import.tooManyPixelsAtOnce', data: { megapixels: 400, limit: 333 } })
    expectSentence(error, 'progressive.jpg')
  })

  it('a baseline JPEG in several scans, which would have to be held as well', async () => {
    const error = await refused('scans.jpg', jpegInScans(24_000, 24_000))
    expect(error).toMatchObject({ code: 'import.tooManyPixelsAtOnce', data: { megapixels: 576, limit: 166 } })
  })

  it('a GIF that would have to be held', async () => {
    const error = await refused('large.gif', gifOfClaimedSize(15_000, 15_000))
    expect(error).toMatchObject({ code: 'import.tooManyPixelsAtOnce', data: { megapixels: 225, limit: 200 } })
  })
})

describe('what the file system refuses', () => {
  it('no permission, tried as a user who has none', () => {
    const path = join(folder, 'denied.jpg')
    writeFileSync(path, 'secret')
    chmodSync(path, 0o000)
    chmodSync(folder, 0o755)
    // Root may read everything, so the test runs as another user.
    const script = `
      import { open } from 'node:fs/promises'
      await open(${JSON.stringify(path)}).catch((error) => console.log(error.code))`
    const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { ...identity, encoding: 'utf8', cwd: '/' })
    const error = fileProblem(Object.assign(new Error(), { code: stdout.trim() }), 'denied.jpg')
    expect(error.code).toBe('import.denied')
    expectSentence(error, 'denied.jpg')
  })

  it('gone, a link to itself, a name too long', async () => {
    expect(await refusal('gone.jpg')).toMatchObject({ code: 'import.vanished' })
    symlinkSync(join(folder, 'loop.jpg'), join(folder, 'loop.jpg'))
    expect(await refusal('loop.jpg')).toMatchObject({ code: 'import.linkLoop' })
    expect(await refusal(`${'x'.repeat(300)}.jpg`)).toMatchObject({ code: 'import.pathTooLong' })
    mkdirSync(join(folder, 'folder.jpg'))
    expect(await refusal('folder.jpg')).toMatchObject({ code: 'import.notFile' })
    expectSentence(await refusal('folder.jpg'), 'folder.jpg')
  })

  it.skipIf(process.platform === 'win32')('a pipe in the place of a file, without waiting for somebody to write', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.jpg')])
    expect(await refusal('pipe.jpg')).toMatchObject({ code: 'import.notFile' })
  })

  it.each(['EBUSY', 'EIO', 'EPERM', 'ESTALE', 'EMFILE'])('%s', (code) => {
    expectSentence(fileProblem(Object.assign(new Error(), { code }), 'a.jpg'), 'a.jpg')
  })

  it.each([
    ['ENOSPC', 'catalogue.diskFull'],
    ['EDQUOT', 'catalogue.diskFull'],
    ['EROFS', 'catalogue.readOnly'],
    ['EIO', 'catalogue.disk']
  ])('%s while writing is a matter of the catalogue: %s', (code, expected) => {
    const error = storeProblem(Object.assign(new Error(), { code }), '/museum/vases.fitxa')
    expect(error.code).toBe(expected)
    expect(isStoreProblem(error)).toBe(true)
    expectSentence(error, '/museum/vases.fitxa')
  })

  it('names of every script', async () => {
    for (const name of ['emoji 🏺🖼️.png', 'صورة ١٢.png', '花瓶.png', "d'Empúries «1».png", '-rf.png', '%00.png'])
      expect(await refused(name, await quartersPicture(20, 20).png().toBuffer()).catch(() => 'taken')).toBe('taken')
  })

  it('a catalogue that cannot be written is no fault of the picture', async () => {
    const path = join(folder, 'good.png')
    writeFileSync(path, await quartersPicture().png().toBuffer())
    const blocked = join(folder, 'blocked.fitxa')
    mkdirSync(blocked)
    writeFileSync(join(blocked, 'thumbnails'), 'a file where a folder belongs')
    await expect(examine({ path, file: 'good.png', catalogueFolder: blocked, copyTo: null, draw: true }, unwatched)).rejects.toMatchObject({
      code: expect.stringMatching(/^catalogue\./)
    })
  })
})
