/** Files that make programs fail, generated from seeds: the same seed gives the same bytes. */
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import {
  gifOfClaimedSize,
  hugePng,
  jpegInScans,
  jpegOfClaimedSize,
  noise,
  pngWithXmp,
  quartersPicture,
  tiffHeader
} from '../../../src/main/core/media/pictures.fixture.ts'

/** A file and its expected outcome: `taken`, `refused`, or either. */
export interface NastyFile {
  readonly name: string
  readonly bytes: Buffer
  readonly expected: 'taken' | 'refused' | 'either'
}

type Random = () => number

const formats: readonly [string, (picture: Sharp) => Promise<Buffer>][] = [
  ['jpg', (picture) => picture.jpeg().toBuffer()],
  ['progressive.jpg', (picture) => picture.jpeg({ progressive: true }).toBuffer()],
  ['png', (picture) => picture.png().toBuffer()],
  ['tif', (picture) => picture.tiff({ compression: 'none' }).toBuffer()],
  ['lzw.tif', (picture) => picture.tiff({ compression: 'lzw' }).toBuffer()],
  ['webp', (picture) => picture.webp().toBuffer()],
  ['gif', (picture) => picture.gif().toBuffer()],
  ['avif', (picture) => picture.avif({ effort: 0 }).toBuffer()]
]

/** A whole number below `end`. */
const below = (random: Random, end: number): number => Math.floor(random() * end)

/** Ways to corrupt a file. Each gets its own copy of the bytes. */
const damages: readonly [string, (bytes: Buffer, random: Random) => Buffer][] = [
  ['cut', (bytes, random) => bytes.subarray(0, 1 + below(random, bytes.length - 1))],
  ['bits', (bytes, random) => spoil(bytes, random, 1 + below(random, 40), bytes.length)],
  ['header', (bytes, random) => spoil(bytes, random, 1 + below(random, 12), Math.min(200, bytes.length))],
  ['zeros', (bytes, random) => bytes.fill(0, below(random, bytes.length))],
  ['twice', (bytes) => Buffer.concat([bytes, bytes])],
  [
    'spliced',
    (bytes, random) => Buffer.concat([bytes.subarray(0, below(random, bytes.length)), bytes.subarray(below(random, bytes.length))])
  ],
  ['grown', (bytes, random) => grow(bytes, random)]
]

function spoil(bytes: Buffer, random: Random, hits: number, within: number): Buffer {
  for (let hit = 0; hit < hits; hit++) bytes[below(random, within)] = below(random, 256)
  return bytes
}

/** Puts large numbers where lengths, counts and sizes stand. */
function grow(bytes: Buffer, random: Random): Buffer {
  for (let hit = 0; hit < 4; hit++) bytes.writeUInt32BE(0xffffffff >>> below(random, 8), below(random, Math.max(1, bytes.length - 4)))
  return bytes
}

/** Damaged pictures of every format, as many as asked for. */
export async function damagedFiles(count: number, random: Random): Promise<NastyFile[]> {
  const whole = await Promise.all(formats.map(async ([ending, write]) => ({ ending, bytes: await write(noise(90, 70)) })))
  return Array.from({ length: count }, (_, index) => {
    const { ending, bytes } = whole[index % whole.length] ?? { ending: 'jpg', bytes: Buffer.alloc(0) }
    const [damage, apply] = damages[Math.floor(index / whole.length) % damages.length] ?? ['whole', (same: Buffer): Buffer => same]
    return { name: `${String(index).padStart(4, '0')}-${damage}.${ending}`, bytes: apply(Buffer.from(bytes), random), expected: 'either' }
  })
}

const packet = (inside: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
  xmlns:dc="http://purl.org/dc/elements/1.1/">${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`

/** Descriptions that took minutes and gigabytes, each in a small good picture. */
export async function describedFiles(): Promise<NastyFile[]> {
  let width = 20
  const taken = async (name: string, xmp: string): Promise<NastyFile> => ({
    name: `xmp-${name}.png`,
    bytes: pngWithXmp(await quartersPicture(width++, 20).png().toBuffer(), xmp),
    expected: 'taken'
  })
  const range = (count: number, each: (n: number) => string): string => Array.from({ length: count }, (_, n) => each(n)).join('')
  return await Promise.all([
    taken('namespaces', packet(range(60_000, (n) => `<a${n} xmlns:n${n}="urn:${n}">`) + range(60_000, (n) => `</a${59_999 - n}>`))),
    taken('prefixes', packet(`<a ${range(60_000, (n) => `xmlns:n${n}="urn:${n}" `)}/>`)),
    taken('attributes', packet(`<a ${range(200_000, (n) => `b${n}="${n}" `)}/>`)),
    taken('nesting', packet('<a>'.repeat(2_000_000) + '</a>'.repeat(2_000_000))),
    taken('list', packet(`<dc:subject><rdf:Bag>${'<rdf:li>x</rdf:li>'.repeat(2_200_000)}</rdf:Bag></dc:subject>`)),
    taken('small-list', packet(`<dc:subject><rdf:Bag>${'<rdf:li>x</rdf:li>'.repeat(200_000)}</rdf:Bag></dc:subject>`)),
    taken('text', packet(`<dc:title>${'x'.repeat(20_000_000)}</dc:title>`)),
    taken('packet-ends', packet('<?xpacket end="'.repeat(250_000))),
    taken('entities', `<!DOCTYPE x [${range(60, (n) => `<!ENTITY e${n + 1} "&e${n};&e${n};">`)}]>${packet('<dc:title>&e60;</dc:title>')}`),
    taken('rubbish', '<'.repeat(3_000_000)),
    taken('latin1', packet(`<dc:title>${'\u00e9'.repeat(1_500_000)}</dc:title>`))
  ])
}

/** A PNG whose profile and texts are compressed zeros, `megabytes` long each. */
async function deflateBomb(megabytes: number): Promise<Buffer> {
  const png = await quartersPicture(50, 40).png().toBuffer()
  const zeros = deflateSync(Buffer.alloc(megabytes * 1_000_000), { level: 9 })
  const chunk = (type: string, head: string): Buffer => {
    const body = Buffer.concat([Buffer.from(type + head, 'latin1'), zeros])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(body.length - 4)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  return Buffer.concat([png.subarray(0, 33), chunk('iCCP', 'icc\0\0'), chunk('zTXt', 'Comment\0\0'), png.subarray(33)])
}

/** Files that claim or need much: sizes, scans, compressed emptiness. */
export async function heavyFiles(): Promise<NastyFile[]> {
  const jpeg = await quartersPicture().jpeg().toBuffer()
  const progressive = await quartersPicture().jpeg({ progressive: true }).toBuffer()
  const flat = (width: number, height: number): Sharp =>
    sharp({ create: { width, height, channels: 3, background: { r: 90, g: 80, b: 70 } }, limitInputPixels: false })
  const large = noise(40, 40)
  return [
    { name: 'heavy-900-megapixels.png', bytes: hugePng(30_000, 30_000), expected: 'refused' },
    { name: 'heavy-400-megapixels.png', bytes: hugePng(20_000, 20_000), expected: 'taken' },
    { name: 'heavy-line.png', bytes: hugePng(500_000, 1_000), expected: 'either' },
    { name: 'heavy-scans.jpg', bytes: jpegInScans(24_000, 24_000), expected: 'refused' },
    { name: 'heavy-claimed.jpg', bytes: jpegOfClaimedSize(jpeg, 24_000, 24_000), expected: 'either' },
    { name: 'heavy-claimed-progressive.jpg', bytes: jpegOfClaimedSize(progressive, 24_000, 24_000), expected: 'refused' },
    { name: 'heavy-claimed-small-progressive.jpg', bytes: jpegOfClaimedSize(progressive, 12_000, 12_000), expected: 'either' },
    { name: 'heavy-claimed.gif', bytes: gifOfClaimedSize(15_000, 15_000), expected: 'refused' },
    { name: 'heavy-claimed-less.gif', bytes: gifOfClaimedSize(14_000, 14_000), expected: 'either' },
    { name: 'heavy-claimed.tif', bytes: Buffer.concat([tiffHeader(22_000, 22_000), Buffer.alloc(1000)]), expected: 'refused' },
    { name: 'heavy-interlaced.png', bytes: await flat(12_000, 12_000).png({ progressive: true }).toBuffer(), expected: 'taken' },
    {
      name: 'heavy-turned.tif',
      bytes: await flat(12_000, 12_000).withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' }).toBuffer(),
      expected: 'taken'
    },
    { name: 'heavy-lossless.webp', bytes: await flat(16_000, 12_000).webp({ lossless: true, effort: 0 }).toBuffer(), expected: 'taken' },
    { name: 'heavy-text.png', bytes: await deflateBomb(400), expected: 'either' },
    { name: 'heavy-tail.jpg', bytes: Buffer.concat([await large.jpeg().toBuffer(), Buffer.alloc(70_000_000)]), expected: 'taken' }
  ]
}
