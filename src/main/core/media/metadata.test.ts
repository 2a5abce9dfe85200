import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noMetadata, readMetadata, type ReadMetadata } from './metadata.ts'
import { metadataPart } from './metadata-part.ts'
import type { PictureFormat } from './format.ts'
import { jpegWithIptc, pngWithXmp, quartersPicture, tiffHeader } from './pictures.fixture.ts'
import { withFile } from './source.ts'
import { withinTime } from './within-time.ts'
import { copyTiffTags } from './tiff-tags.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-metadata-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(file: Buffer, format: PictureFormat): Promise<ReadMetadata> {
  const path = join(folder, 'picture')
  writeFileSync(path, file)
  return readMetadata(await metadataPart(file, path, format))
}

function range(count: number, each: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => each(n)).join('')
}

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
    expect((await read(file, format)).metadata).toEqual({
      title: null,
      description: 'Gerro amb nanses',
      keywords: [],
      creator: 'Anna Puig',
      date: '2019-03-04T10:11:12',
      rights: 'CC BY 4.0'
    })
  })

  it.each<[PictureFormat, () => Promise<Buffer>]>([
    ['jpeg', () => quartersPicture(64, 64).withExif(exif).withXmp(xmp).jpeg().toBuffer()],
    ['webp', () => quartersPicture(64, 64).withExif(exif).withXmp(xmp).webp().toBuffer()],
    ['png', async () => pngWithXmp(await quartersPicture(64, 64).withExif(exif).png().toBuffer(), xmp)]
  ])('of XMP before EXIF in %s', async (format, make) => {
    const file = await make()
    expect((await read(file, format)).metadata).toEqual({
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
    expect((await read(plain, 'jpeg')).metadata).toMatchObject({
      title: 'Títol IPTC',
      creator: 'Marta Font',
      keywords: ['àmfora', 'ceràmica'],
      date: '2014-09-22T10:56:35+02:00'
    })
    const both = jpegWithIptc(await quartersPicture(64, 64).withXmp(xmp).jpeg().toBuffer(), sets, true)
    expect((await read(both, 'jpeg')).metadata).toMatchObject({
      title: 'Gerro d’Empúries',
      keywords: ['ceràmica', 'gerro, amb nanses', 'àmfora']
    })
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
    expect(readMetadata(tags).metadata).toMatchObject({
      title: 'Gerro d’Empúries',
      description: 'Una descripció llarga',
      creator: 'Pere Roig, Estudi B',
      rights: '© Museu'
    })
  })

  const packet = (inside: string): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Gerro</dc:title>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`
  it.each([
    ['nested namespaces', packet(range(9000, (n) => `<a${n} xmlns:n${n}="urn:${n}">`) + range(9000, (n) => `</a${8999 - n}>`)), 'Gerro'],
    ['deep nesting', packet('<a>'.repeat(50_000) + '</a>'.repeat(50_000)), 'Gerro'],
    ['many elements', packet('<a/>'.repeat(300_000)), 'Gerro'],
    ['entities', `<!DOCTYPE x [<!ENTITY a "b">]>${packet('')}`, null],
    ['40 MB of list items', packet(`<dc:subject><rdf:Bag>${'<rdf:li>ceràmica</rdf:li>'.repeat(1_500_000)}</rdf:Bag></dc:subject>`), null]
  ])('of a hostile packet stays within its limits: %s', async (_, xmp, title) => {
    const { metadata, complete } = await read(pngWithXmp(await quartersPicture(64, 64).png().toBuffer(), xmp), 'png')
    expect([metadata.title, complete]).toEqual([title, false])
  })

  it('of a long but valid packet is read to its end', async () => {
    const history = `<a:History xmlns:a="urn:a"><rdf:Seq>${'<rdf:li>saved</rdf:li>'.repeat(90_000)}</rdf:Seq></a:History>`
    const xmp = packet(
      `${history}<dc:rights><rdf:Alt><rdf:li xml:lang="ca">Museu</rdf:li><rdf:li xml:lang="x-default">© Museu</rdf:li></rdf:Alt></dc:rights>`
    )
    const { metadata, complete } = await read(pngWithXmp(await quartersPicture(64, 64).png().toBuffer(), xmp), 'png')
    expect([metadata.title, metadata.rights, complete]).toEqual(['Gerro', '© Museu', true])
  })

  it('that takes too long is abandoned', async () => {
    // The reader looks for the end of a packet with a regular expression that takes the square of their number.
    const png = pngWithXmp(await quartersPicture(64, 64).png().toBuffer(), packet('<?xpacket end="'.repeat(200_000)))
    expect(readMetadata(await metadataPart(png, '', 'png'), 50)).toEqual({ metadata: noMetadata, complete: false })
    expect(withinTime(() => 'done', 1000)).toBe('done')
    expect(
      withinTime(() => {
        for (;;);
      }, 20)
    ).toBeNull()
  })

  it('of malformed input is empty, and never an exception', async () => {
    const jpeg = await quartersPicture(64, 64).withExif(exif).withXmp(xmp).jpeg().toBuffer()
    expect(readMetadata({ bytes: Buffer.from('no picture'), complete: true })).toEqual({ metadata: noMetadata, complete: true })
    let state = 7
    for (let round = 0; round < 300; round++) {
      const damaged = Buffer.from(jpeg)
      for (let hit = 0; hit < 20; hit++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        damaged[20 + ((state >>> 8) % 1500)] = state & 0xff
      }
      await expect(read(damaged, 'jpeg')).resolves.toBeDefined()
    }
    const tiff = tiffHeader(10, 10, [{ tag: 0x010e, text: 'x' }])
    for (let round = 0; round < 100; round++) {
      const damaged = Buffer.from(tiff)
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      damaged[8 + ((state >>> 8) % (damaged.length - 8))] = state & 0xff
      writeFileSync(join(folder, 'rubbish.tif'), damaged)
      const tags = withFile(join(folder, 'rubbish.tif'), copyTiffTags)
      expect(() => readMetadata(tags)).not.toThrow()
    }
  })

  it('without the defaults of cameras and programs, and without control characters', async () => {
    const file = await quartersPicture(64, 64)
      .withExif({
        IFD0: { ImageDescription: 'OLYMPUS DIGITAL CAMERA', Artist: '  \u0001 ' },
        IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' }
      })
      .jpeg()
      .toBuffer()
    expect((await read(file, 'jpeg')).metadata).toEqual(noMetadata)
  })
})
