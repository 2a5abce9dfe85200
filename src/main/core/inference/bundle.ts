import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { FaultyFile, faultyFile, openRegular, readRegular } from '../lib/regular-file.ts'
import { parseManifest, type Manifest } from './manifest.ts'

/** Name of the manifest in a bundle's folder. */
export const manifestFile = 'model.json'

/** Largest manifest that is read, in bytes; one of ten thousand terms and a dozen members has less than 2 MB. */
const largestManifest = 16_000_000

/** Bytes that are hashed between two checks for cancellation. */
const chunkBytes = 1 << 20

/** A model bundle whose manifest was read; `sha256` is the manifest's own, which pins every other file of the bundle. */
export interface Bundle {
  readonly folder: string
  readonly sha256: string
  readonly manifest: Manifest
}

/**
 * Reads a bundle's manifest; its files are checked by verifyFiles. AppError `bundle.missing`, `bundle.notFile`,
 * `bundle.unreadable`, `bundle.manifestTooLarge` or those of parseManifest.
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const name = basename(folder)
  const bytes = await readRegular(join(folder, manifestFile), largestManifest).catch((error: unknown) => {
    const data = { folder, bundle: name, file: manifestFile }
    if (!(error instanceof FaultyFile)) throw error
    if (error.fault === 'missing') throw new AppError('bundle.missing', data, error)
    if (error.fault === 'tooLarge') throw new AppError('bundle.manifestTooLarge', { ...data, megabytes: largestManifest / 1e6 }, error)
    throw faultOf(error, data)
  })
  const manifest = parseManifest(bytes.toString('utf8'), join(name, manifestFile))
  return { folder, sha256: createHash('sha256').update(bytes).digest('hex'), manifest }
}

/**
 * Compares size and SHA-256 of every file that the manifest lists. AppError `bundle.fileMissing`, `bundle.notFile`,
 * `bundle.unreadable`, `bundle.size` or `bundle.hash`; Cancelled.
 */
export async function verifyFiles(bundle: Bundle, signal?: AbortSignal): Promise<void> {
  for (const [file, expected] of Object.entries(bundle.manifest.files)) {
    const data = { bundle: bundle.manifest.id, file }
    const path = join(bundle.folder, file)
    try {
      const { handle, bytes } = await openRegular(path)
      try {
        if (bytes !== expected.bytes) throw new AppError('bundle.size', { ...data, bytes, expected: expected.bytes })
        const hash = createHash('sha256')
        const chunk = Buffer.allocUnsafe(chunkBytes)
        for (let length = -1; length !== 0;) {
          if (signal?.aborted) throw new Cancelled()
          length = (await handle.read(chunk, 0, chunkBytes)).bytesRead
          hash.update(chunk.subarray(0, length))
        }
        if (hash.digest('hex') !== expected.sha256) throw new AppError('bundle.hash', data)
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (error instanceof AppError || error instanceof Cancelled) throw error
      throw faultOf(faultyFile(error, path), data)
    }
  }
}

/** The error code for a fault of a bundle's file. */
function faultOf(error: FaultyFile, data: { readonly bundle: string; readonly file: string }): AppError {
  if (error.fault === 'missing') return new AppError('bundle.fileMissing', data, error)
  return new AppError(error.fault === 'notFile' ? 'bundle.notFile' : 'bundle.unreadable', data, error)
}
