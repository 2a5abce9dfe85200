import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeHeic } from './heic.ts'
import { quartersPicture } from './pictures.fixture.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-heic-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A search path with one program on it. */
function pathWith(program: string, script: string): string {
  const tools = join(folder, program + script.length)
  mkdirSync(tools)
  writeFileSync(join(tools, program), `#!/bin/sh\n${script}\n`)
  chmodSync(join(tools, program), 0o755)
  return tools
}

describe.skipIf(process.platform === 'win32')('HEIC', () => {
  it('is refused with a remedy where the system has no converter', async () => {
    await expect(decodeHeic('/a/photo.heic', 'photo.heic', folder)).rejects.toMatchObject({
      code: 'import.heic',
      data: { file: 'photo.heic' }
    })
  })

  it.each(['heif-dec', 'heif-convert'])('is decoded by %s', async (program) => {
    const photo = join(folder, `-${program}.heic`)
    writeFileSync(photo, await quartersPicture(120, 60).png().toBuffer())
    const png = await decodeHeic(photo, 'photo.heic', `${folder}:${pathWith(program, '/bin/cp "$1" "$2"')}`)
    expect(await sharp(png).metadata()).toMatchObject({ width: 120, height: 60 })
  })

  it.each(['exit 3', 'true'])('is refused when the converter fails (%s)', async (script) => {
    await expect(decodeHeic('/a/photo.heic', 'photo.heic', pathWith('heif-convert', script))).rejects.toMatchObject({
      code: 'import.heicFailed',
      data: { file: 'photo.heic', program: 'heif-convert' }
    })
  })
})
