import { headBytes, recogniseFile } from './format.ts'
import { decodeHeic } from './heic.ts'
import { heavyBytes, maxHeldBytes, maxPixels, previewSide } from './limits.ts'
import { drawSmall, readHeader } from './picture.ts'
import { readAt, withFile } from './source.ts'
import type { Work } from './work.ts'

/** A file that is to be shown before it is imported, by its absolute path. */
export interface PreviewTask {
  readonly path: string
}

/** Draws a small JPEG of a picture that is not imported; null for what could not be imported either. */
export async function drawPreview({ path }: PreviewTask, work: Work): Promise<Uint8Array | null> {
  const head = Buffer.alloc(headBytes)
  withFile(path, (file) => readAt(file, 0, headBytes)).copy(head)
  const found = recogniseFile(head, path)
  if (found.kind !== 'picture') return null
  const header = await readHeader(path, found.format)
  if (header.width * header.height > maxPixels || header.heldBytes > maxHeldBytes) return null
  const draw = async (): Promise<Uint8Array> => await drawSmall(found.format === 'heic' ? await decodeHeic(path) : path, previewSide)
  return header.heldBytes > heavyBytes ? await work.alone(draw) : await draw()
}
