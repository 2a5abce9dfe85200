import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { heicProfile } from './heic-profile.ts'
import type { PictureSource } from './picture.ts'
import { readAt, sizeOf, withFile } from './source.ts'
import { stripTiff } from './strip-tiff.ts'

interface RgbaRows {
  readonly width: number
  readonly height: number
  /** Bytes from one row to the next. */
  readonly stride: number
  readonly data: Uint8Array
}

/** A picture as decoded by libheif: RGBA rows in the decoder's own memory. */
interface DecodedImage {
  readonly image: object
  readonly channels: readonly RgbaRows[]
}

interface HeifError {
  readonly code: object
  readonly message: string
}

/** The functions of libheif that are used here (libheif C API, as its JavaScript build names them). */
interface Libheif {
  readonly heif_error_code: { readonly heif_error_Ok: object }
  readonly heif_colorspace: { readonly heif_colorspace_RGB: object }
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: object }
  readonly HEAPU8: Uint8Array
  heif_context_alloc(): object
  heif_context_free(context: object): void
  heif_context_read_from_memory(context: object, file: Uint8Array): HeifError
  heif_js_context_get_primary_image_handle(context: object): object | HeifError
  heif_image_handle_has_alpha_channel(handle: object): number
  heif_image_handle_release(handle: object): void
  heif_js_decode_image2(handle: object, colours: object, chroma: object): DecodedImage | HeifError | Promise<DecodedImage | HeifError>
  heif_image_release(image: object): void
}

/** Not called `require`: the bundler declares that name in every file that it writes. */
const requireHere = createRequire(import.meta.url)

/** The decoder keeps the memory of its largest picture; above this size, in bytes, it is created again. */
const maxKeptMemory = 256_000_000

let kept: Libheif | null = null

/** The decoder is a separate file, so that it can be replaced by another build (LGPL-3.0). */
function libheif(): Libheif {
  if (kept !== null && kept.HEAPU8.length <= maxKeptMemory) return kept
  const start = requireHere('libheif-js/libheif-wasm/libheif.js') as (options: { wasmBinary: Uint8Array }) => Libheif
  kept = start({ wasmBinary: readFileSync(requireHere.resolve('libheif-js/libheif-wasm/libheif.wasm')) })
  return kept
}

/**
 * Decodes a HEIC picture with libheif, which no part of sharp's binaries may hold (the codec is patented), into an
 * uncompressed TIFF: upright already, with the colour profile of the file. `source` is the whole file or its path.
 * @throws Error with the words of the decoder
 */
export async function decodeHeic(source: PictureSource): Promise<Buffer> {
  const bytes = typeof source === 'string' ? withFile(source, (file) => readAt(file, 0, sizeOf(file))) : source
  const heif = libheif()
  const context = heif.heif_context_alloc()
  try {
    const { code, message } = heif.heif_context_read_from_memory(context, bytes)
    if (code !== heif.heif_error_code.heif_error_Ok) throw new Error(message)
    const handle = expectNoError(heif.heif_js_context_get_primary_image_handle(context))
    try {
      return await decode(heif, handle, heicProfile(bytes))
    } finally {
      heif.heif_image_handle_release(handle)
    }
  } finally {
    heif.heif_context_free(context)
  }
}

async function decode(heif: Libheif, handle: object, profile: Uint8Array | null): Promise<Buffer> {
  const { heif_colorspace_RGB: colours } = heif.heif_colorspace
  const { heif_chroma_interleaved_RGBA: chroma } = heif.heif_chroma
  const { image, channels } = expectNoError(await heif.heif_js_decode_image2(handle, colours, chroma))
  try {
    const [pixels] = channels
    if (pixels === undefined) throw new Error('no pixels')
    return rgbTiff(pixels, heif.heif_image_handle_has_alpha_channel(handle) !== 0, profile)
  } finally {
    heif.heif_image_release(image)
  }
}

function rgbTiff({ width, height, stride, data }: RgbaRows, alpha: boolean, profile: Uint8Array | null): Buffer {
  const samples = alpha ? 4 : 3
  const { tiff, at } = stripTiff({ width, height, samples, bits: 8, photometric: 2, profile })
  let to = at
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, y * stride + width * 4)
    if (alpha) tiff.set(row, to + y * width * 4)
    else
      for (let from = 0; from < row.length; from += 4) {
        tiff[to++] = row[from] ?? 0
        tiff[to++] = row[from + 1] ?? 0
        tiff[to++] = row[from + 2] ?? 0
      }
  }
  return tiff
}

function expectNoError<T extends object>(found: T | HeifError): T {
  if ('code' in found && 'message' in found) throw new Error(String(found.message))
  return found as T
}
