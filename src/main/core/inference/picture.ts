import { stat } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import type { Preprocessing } from './manifest.ts'
import { loadPixels, type Pixels } from './preprocessing.ts'
import type { PictureSource } from './protocol.ts'

export interface LoadedPicture {
  readonly pixels: Pixels[]
  readonly from: 'original' | 'screen'
}

/**
 * A picture's pixels, once per view: from the original where it is still the file that was imported, else (file gone,
 * changed, or of a kind that only the import could decode) from the catalogue's screen-size version.
 * AppError `inference.noPicture` or `inference.unreadable`.
 */
export async function loadPicture(source: PictureSource, views: readonly Preprocessing[]): Promise<LoadedPicture> {
  const load = (file: string, pixels: number | null): Promise<Pixels[]> => Promise.all(views.map((view) => loadPixels(file, view, pixels)))
  let failure: unknown = null
  for (const file of source.originals) {
    if (!(await isImported(file, source.bytes))) continue
    try {
      return { pixels: await load(file, source.pixels), from: 'original' }
    } catch (error) {
      failure = error
    }
  }
  if (source.screen !== null && (await isImported(source.screen, null))) {
    try {
      return { pixels: await load(source.screen, null), from: 'screen' }
    } catch (error) {
      failure ??= error
    }
  }
  const file = source.originals[0] ?? source.screen ?? ''
  if (failure === null) throw new AppError('inference.noPicture', { file })
  throw new AppError('inference.unreadable', { file, reason: failure instanceof Error ? failure.message : String(failure) }, failure)
}

async function isImported(file: string, bytes: number | null): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  return found !== null && found.isFile() && (bytes === null || found.size === bytes)
}
