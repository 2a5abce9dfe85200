import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Catalogue } from '../operations/catalogue.ts'
import { AppError } from '../../../shared/errors.ts'
import { isFile } from '../lib/exists.ts'
import type { Media } from './media.ts'
import type { StoredOriginal } from './operations.ts'
import type { PictureFormat } from './format.ts'
import { keptFile, type KeptSize } from './thumbnails.ts'

/** A file that shows a picture. */
export interface ServedPicture {
  readonly file: string
  readonly type: string
  /**
   * What is shown: the requested size, or the screen size because the original is missing or cannot be shown. Only the first may be
   * cached forever, since a missing original may come back.
   */
  readonly shown: KeptSize
}

const types: Readonly<Record<PictureFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
  heic: 'image/heic'
}
const jpeg = types.jpeg

/**
 * Finds the file for GET /media/<sha256>/<size>; null if the catalogue has no such picture. Kept pictures that were deleted
 * are drawn again from the original.
 */
export async function serveMedia(catalogue: Catalogue, media: Media, sha256: string, size: KeptSize): Promise<ServedPicture | null> {
  const kept = keptFile(catalogue.folder, sha256, size)
  if (size !== 'full' && (await isFile(kept))) return { file: kept, type: jpeg, shown: size }
  const original = await catalogue.read('original', sha256)
  if (original === null) return null
  const path = await findOriginal(catalogue.folder, original)
  if (size === 'full') return await serveFull(catalogue, media, sha256, original, path)
  if (path === null) return null
  const { sha256: found } = await media.examine({ path, file: path, catalogueFolder: catalogue.folder, copyTo: null, draw: true })
  return found === sha256 ? { file: kept, type: jpeg, shown: size } : null
}

async function serveFull(
  catalogue: Catalogue,
  media: Media,
  sha256: string,
  original: StoredOriginal,
  path: string | null
): Promise<ServedPicture | null> {
  if (path !== null) {
    try {
      const full = await media.prepareFull({ path, sha256, format: original.format, catalogueFolder: catalogue.folder })
      return { file: full.file, type: full.original ? types[original.format] : jpeg, shown: 'full' }
    } catch (error) {
      // On an error such as a full disk, the screen size still shows the picture.
      if (!(error instanceof AppError)) throw error
    }
  }
  const kept = keptFile(catalogue.folder, sha256, 'full')
  if (await isFile(kept)) return { file: kept, type: jpeg, shown: 'full' }
  const screen = keptFile(catalogue.folder, sha256, 'screen')
  return (await isFile(screen)) ? { file: screen, type: jpeg, shown: 'screen' } : null
}

/** The first location where the original still lies, judged by its size; null if none does. */
export async function findOriginal(
  catalogueFolder: string,
  { locations, bytes }: Pick<StoredOriginal, 'locations' | 'bytes'>
): Promise<string | null> {
  for (const { root, path } of locations) {
    const file = resolve(catalogueFolder, root, path)
    const found = await stat(file).catch(() => null)
    if (found?.isFile() === true && found.size === bytes) return file
  }
  return null
}
