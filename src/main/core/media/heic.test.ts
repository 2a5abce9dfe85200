import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examine, type ExaminedPicture } from './examine.ts'
import { prepareFull } from './full.ts'
import { quarters } from './pictures.fixture.ts'
import { drawPreview } from './preview.ts'
import { keptFile } from './thumbnails.ts'
import { unwatched } from './work.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-heic-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const stored = (name: string): string => join(import.meta.dirname, '../../../../tests/fixtures/heic', name)

async function take(path: string): Promise<ExaminedPicture> {
  const examined = await examine({ path, file: 'photo.heic', catalogueFolder: folder, copyTo: null, draw: true }, unwatched)
  if (examined.kind !== 'picture') throw new Error('drawn before')
  return examined
}

/** The colours in the middle of the four quarters. */
async function colours(picture: Buffer | string): Promise<number[][]> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return [1, 3].flatMap((y) =>
    [1, 3].map((x) => {
      const at = (Math.floor((info.height * y) / 4) * info.width + Math.floor((info.width * x) / 4)) * 3
      return [...data.subarray(at, at + 3)]
    })
  )
}

function expectQuarters(found: number[][]): void {
  found.forEach((colour, index) => {
    colour.forEach((value, channel) => expect(Math.abs(value - (quarters[index]?.[channel] ?? 0))).toBeLessThan(16))
  })
}

describe('HEIC', () => {
  it.each(['quarters.heic', 'rotated.heic', 'p3.heic'])('is decoded upright and in its colours: %s', async (name) => {
    const { width, height, format, sha256 } = await take(stored(name))
    expect([format, width, height]).toEqual(['heic', 400, 200])
    const screen = readFileSync(keptFile(folder, sha256, 'screen'))
    expect(await sharp(screen).metadata()).toMatchObject({ width: 400, height: 200, space: 'srgb' })
    expectQuarters(await colours(screen))
  })

  it('is described by its EXIF', async () => {
    expect((await take(stored('rotated.heic'))).metadata).toMatchObject({ description: 'Gerro amb nanses', creator: 'Anna Puig' })
  })

  it('is shown at full size, and before it is imported', async () => {
    const { sha256 } = await take(stored('rotated.heic'))
    const { file, original } = await prepareFull(
      { path: stored('rotated.heic'), sha256, format: 'heic', catalogueFolder: folder },
      unwatched
    )
    expect(original).toBe(false)
    expectQuarters(await colours(file))
    expectQuarters(await colours(Buffer.from((await drawPreview({ path: stored('rotated.heic') }, unwatched)) ?? [])))
  })

  it('cut off or damaged is refused in words', async () => {
    const whole = readFileSync(stored('quarters.heic'))
    const path = join(folder, 'photo.heic')
    writeFileSync(path, whole.subarray(0, whole.length - 200))
    await expect(take(path)).rejects.toMatchObject({ code: 'import.truncated', data: { file: 'photo.heic' } })
    writeFileSync(path, Buffer.from(whole).fill(0x55, 60, 300))
    await expect(take(path)).rejects.toMatchObject({
      code: expect.stringMatching(/^import\.(damaged|truncated)$/),
      data: { file: 'photo.heic' }
    })
  })
})
