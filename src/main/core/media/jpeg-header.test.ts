import sharp from 'sharp'
import { expect, it } from 'vitest'
import { readJpegFrame, type JpegFrame } from './jpeg-header.ts'
import { jpegInScans, jpegWithIptc, quartersPicture } from './pictures.fixture.ts'

function read(file: Buffer): JpegFrame | null {
  return readJpegFrame((at, length) => file.subarray(at, at + length))
}

it.each([
  ['baseline', { quality: 80 }, 1.5],
  ['progressive', { quality: 80, progressive: true }, 1.5],
  ['4:4:4', { chromaSubsampling: '4:4:4' }, 3],
  ['optimised', { mozjpeg: true }, 1.5]
])('reads the same as the decoder: %s', async (_, options, samplesPerPixel) => {
  const file = await quartersPicture(301, 203).jpeg(options).toBuffer()
  const { width, height, isProgressive, channels } = await sharp(file).metadata()
  expect(read(file)).toEqual({
    width,
    height,
    components: channels,
    bits: 8,
    severalScans: isProgressive,
    samplesPerPixel,
    exif: false
  })
})

it('reads grey and CMYK pictures, and those with other metadata before the frame', async () => {
  const grey = await quartersPicture().toColourspace('b-w').jpeg().toBuffer()
  expect(read(grey)).toMatchObject({ components: 1, samplesPerPixel: 1 })
  expect(read(await quartersPicture().toColourspace('cmyk').jpeg().toBuffer())).toMatchObject({ components: 4 })
  expect(read(jpegWithIptc(grey, [{ id: 5, text: Buffer.from('title') }], true))).toMatchObject({ width: 400, height: 200 })
})

it('sees that a baseline picture comes in several scans', () => {
  expect(read(jpegInScans(24_000, 24_000))).toMatchObject({ width: 24_000, severalScans: true, samplesPerPixel: 3 })
})

it('says where there is EXIF, and leaves to the decoder what is cut off or no JPEG at all', async () => {
  const turned = await quartersPicture().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const file = await quartersPicture().jpeg().toBuffer()
  expect(read(turned)).toMatchObject({ width: 400, height: 200, exif: true })
  for (const length of [0, 2, 4, 20, 100, 150]) expect(read(file.subarray(0, length))).toBeNull()
  expect(read(Buffer.alloc(1000, 0xff))).toBeNull()
  expect(read(Buffer.from('no picture at all'))).toBeNull()
})
