import { existsSync } from 'node:fs'
import { AppError } from '../../../shared/errors.ts'
import type { PictureFormat } from './format.ts'
import { decodeHeic } from './heic.ts'
import { fullSide, heavyBytes, maxFullPixels } from './limits.ts'
import { drawFull, readHeader } from './picture.ts'
import { keptFile, writeKept } from './thumbnails.ts'
import type { Work } from './work.ts'

/** An original to be shown at full size. */
export interface FullTask {
  /** Absolute path of the original. */
  readonly path: string
  readonly sha256: string
  readonly format: PictureFormat
  readonly catalogueFolder: string
}

/** Formats that every browser shows by itself, with their EXIF orientation and colour profile. */
const shown: readonly PictureFormat[] = ['jpeg', 'png', 'webp', 'avif', 'gif']

/**
 * Returns the file that shows an original at full size: the original itself if a browser shows it upright and in its colours, else
 * a JPEG that is created on first use and stored beside the thumbnails.
 */
export async function prepareFull(task: FullTask, work: Work): Promise<{ readonly file: string; readonly original: boolean }> {
  const kept = keptFile(task.catalogueFolder, task.sha256, 'full')
  if (existsSync(kept)) return { file: kept, original: false }
  const header = await readable(task, () => readHeader(task.path, task.format))
  const pixels = header.width * header.height
  if (shown.includes(task.format) && header.plain && pixels <= maxFullPixels) return { file: task.path, original: true }
  const make = (): Promise<Buffer> =>
    readable(task, async () => await drawFull(task.format === 'heic' ? await decodeHeic(task.path) : task.path, fullSide))
  const heavy = header.heldBytes > heavyBytes || pixels > maxFullPixels
  writeKept(task.catalogueFolder, kept, heavy ? await work.alone(make) : await make())
  return { file: kept, original: false }
}

/** An original that can no longer be read is no bug: the caller shows the stored size. */
async function readable<T>(task: FullTask, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new AppError('import.damaged', { file: task.path, format: task.format.toUpperCase(), detail }, error)
  }
}
