import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { parseManifest, type Manifest } from './manifest.ts'

/** Name of the manifest in a bundle's folder. */
export const manifestFile = 'model.json'

/** A model bundle whose manifest was read; `sha256` is the manifest's own, which pins every other file of the bundle. */
export interface Bundle {
  readonly folder: string
  readonly sha256: string
  readonly manifest: Manifest
}

/** Reads a bundle's manifest. AppError `bundle.missing` or those of parseManifest; files are checked by verifyFiles. */
export async function readBundle(folder: string): Promise<Bundle> {
  let bytes: Buffer
  try {
    bytes = await readFile(join(folder, manifestFile))
  } catch (cause) {
    throw new AppError('bundle.missing', { folder, file: manifestFile }, cause)
  }
  const manifest = parseManifest(bytes.toString('utf8'), join(basename(folder), manifestFile))
  return { folder, sha256: createHash('sha256').update(bytes).digest('hex'), manifest }
}

/** Compares size and SHA-256 of every file that the manifest lists. AppError `bundle.fileMissing`, `bundle.size` or `bundle.hash`. */
export async function verifyFiles(bundle: Bundle): Promise<void> {
  const title = bundle.manifest.id
  for (const [file, expected] of Object.entries(bundle.manifest.files)) {
    const path = join(bundle.folder, file)
    const bytes = await stat(path).then(
      (found) => found.size,
      () => null
    )
    if (bytes === null) throw new AppError('bundle.fileMissing', { bundle: title, file })
    if (bytes !== expected.bytes) throw new AppError('bundle.size', { bundle: title, file, bytes, expected: expected.bytes })
    if ((await hashFile(path)) !== expected.sha256) throw new AppError('bundle.hash', { bundle: title, file })
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
