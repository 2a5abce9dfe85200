import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noMetadata, readMetadata } from './metadata.ts'
import { jpegWithIptc, pngWithXmp, quartersPicture, tiffHeader } from './pictures.fixture.ts'
import { withFile } from './source.ts'
import { copyTiffTags } from './tiff-tags.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-metadata-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const exif = {
  IFD0: { ImageDescription: 'Gerro amb nanses', Artist: 'Anna Puig', Copyright: 'CC BY 4.0' },
  IFD2: { DateTimeOriginal: '2019:03:04 10:11:12' }
}
const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:DateCreated="1999-12">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Gerro d’Empúries</rdf:li></rdf:Alt></dc:title>
  <dc:creator><rdf:Seq><rdf:li>Pere Roig</rdf:li><rdf:li>Estudi B</rdf:li></rdf:Seq></dc:creator>
  <dc:subject><rdf:Bag><rdf:li>ceràmica</rdf:li><rdf:li>gerro, amb nanses</rdf:li><rdf:li>ceràmica</rdf:li></rdf:Bag></dc:subject>
  <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Museu</rdf:li></rdf:Alt></dc:rights>
  </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

describe('metadata', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('of EXIF in %s', async (format) => {
    const file = await quartersPicture(64, 64).withExif(exif).toFormat(format).toBuffer()
    expect(readMetadata(file)).toEqual({
      title: null,
      description: 'Gerro amb nanses',
      keywords: [],
      creator: 'Anna Puig',
      date: '2019-03-04T10:11:12',
      rights: 'CC BY 4.0'
    })
  })

  it.each<[string, () => Promise<Buffer>]>([
    ['jpeg', () => quartersPicture(64, 64).withExif(exif).withXmp(xmp).jpeg().toBuffer()],
    ['webp', () => quartersPicture(64, 64).withExif(exif).withXmp(xmp).webp().toBuffer()],
    ['png', async () => pngWithXmp(await quartersPicture(64, 64).withExif(exif).png().toBuffer(), xmp)]
  ])('of XMP before EXIF in %s', async (_, make) => {
    const file = await make()
    expect(readMetadata(file)).toEqual({
      title: 'Gerro d’Empúries',
      description: 'Gerro amb nanses',
      keywords: ['ceràmica', 'gerro, amb nanses'],
      creator: 'Pere Roig, Estudi B',
      date: '1999-12',
      rights: '© Museu'
    })
  })

  it('of IPTC between both, keywords of all gathered', async () => {
    const sets = [
      { id: 5, text: Buffer.from('Títol IPTC') },
      { id: 25, text: Buffer.from('àmfora') },
      { id: 25, text: Buffer.from('ceràmica') },
      { id: 55, text: Buffer.from('20140922') },
      { id: 60, text: Buffer.from('105635+0200') },
      { id: 80, text: Buffer.from('Marta Font') }
    ]
    const plain = jpegWithIptc(await quartersPicture(64, 64).withExif(exif).jpeg().toBuffer(), sets, true)
    expect(readMetadata(plain)).toMatchObject({
      title: 'Títol IPTC',
      creator: 'Marta Font',
      keywords: ['àmfora', 'ceràmica'],
      date: '2014-09-22T10:56:35+02:00'
    })
    const both = jpegWithIptc(await quartersPicture(64, 64).withXmp(xmp).jpeg().toBuffer(), sets, true)
    expect(readMetadata(both)).toMatchObject({ title: 'Gerro d’Empúries', keywords: ['ceràmica', 'gerro, amb nanses', 'àmfora'] })
  })

  it('of a TIFF without reading its pixels', async () => {
    const path = join(folder, 'tags.tif')
    const texts = [
      { tag: 0x010e, text: 'Una descripció llarga' },
      { tag: 0x013b, text: 'Anna Puig' },
      { tag: 0x02bc, text: xmp },
      { tag: 0x8298, text: 'CC0' }
    ]
    writeFileSync(path, Buffer.concat([tiffHeader(10, 10, texts), Buffer.alloc(300)]))
    const tags = withFile(path, copyTiffTags)
    expect(readMetadata(tags ?? Buffer.alloc(0))).toMatchObject({
      title: 'Gerro d’Empúries',
      description: 'Una descripció llarga',
      creator: 'Pere Roig, Estudi B',
      rights: '© Museu'
    })
  })

  it('of rubbish is none, and never an exception', async () => {
    const jpeg = await quartersPicture(64, 64).withExif(exif).withXmp(xmp).jpeg().toBuffer()
    expect(readMetadata(Buffer.from('no picture'))).toEqual(noMetadata)
    let state = 7
    for (let round = 0; round < 300; round++) {
      const damaged = Buffer.from(jpeg)
      for (let hit = 0; hit < 20; hit++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        damaged[20 + ((state >>> 8) % 1500)] = state & 0xff
      }
      expect(() => readMetadata(damaged)).not.toThrow()
    }
    const tiff = tiffHeader(10, 10, [{ tag: 0x010e, text: 'x' }])
    for (let round = 0; round < 100; round++) {
      const damaged = Buffer.from(tiff)
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      damaged[8 + ((state >>> 8) % (damaged.length - 8))] = state & 0xff
      writeFileSync(join(folder, 'rubbish.tif'), damaged)
      const tags = withFile(join(folder, 'rubbish.tif'), copyTiffTags)
      if (tags !== null) expect(() => readMetadata(tags)).not.toThrow()
    }
  })

  it('without what cameras and programs write by themselves, and without control characters', async () => {
    const file = await quartersPicture(64, 64)
      .withExif({
        IFD0: { ImageDescription: 'OLYMPUS DIGITAL CAMERA', Artist: '  \u0001 ' },
        IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' }
      })
      .jpeg()
      .toBuffer()
    expect(readMetadata(file)).toEqual(noMetadata)
  })
})
