import sharp from 'sharp'
import { expect, it } from 'vitest'
import { readJpegFrame } from './jpeg-header.ts'
import { jpegWithIptc, quartersPicture } from './pictures.fixture.ts'

it.each([
  ['baseline', { quality: 80 }, 1.5],
  ['progressive', { quality: 80, progressive: true }, 1.5],
  ['4:4:4', { chromaSubsampling: '4:4:4' }, 3],
  ['optimised', { mozjpeg: true }, 1.5]
])('reads the same as the decoder: %s', async (_, options, samplesPerPixel) => {
  const file = await quartersPicture(301, 203).jpeg(options).toBuffer()
  const { width, height, isProgressive, channels } = await sharp(file).metadata()
  expect(readJpegFrame(file)).toEqual({ width, height, components: channels, bits: 8, progressive: isProgressive, samplesPerPixel })
})

it('reads grey and CMYK pictures, and those with other metadata before the frame', async () => {
  const grey = await quartersPicture().toColourspace('b-w').jpeg().toBuffer()
  expect(readJpegFrame(grey)).toMatchObject({ components: 1, samplesPerPixel: 1 })
  expect(readJpegFrame(await quartersPicture().toColourspace('cmyk').jpeg().toBuffer())).toMatchObject({ components: 4 })
  expect(readJpegFrame(jpegWithIptc(grey, [{ id: 5, text: Buffer.from('title') }], true))).toMatchObject({ width: 400, height: 200 })
})

it('leaves to the decoder what may be turned, cut off or no JPEG at all', async () => {
  const turned = await quartersPicture().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const file = await quartersPicture().jpeg().toBuffer()
  expect(readJpegFrame(turned)).toBeNull()
  for (const length of [0, 2, 4, 20, 100, 150]) expect(readJpegFrame(file.subarray(0, length))).toBeNull()
  expect(readJpegFrame(Buffer.alloc(1000, 0xff))).toBeNull()
  expect(readJpegFrame(Buffer.from('no picture at all'))).toBeNull()
})
