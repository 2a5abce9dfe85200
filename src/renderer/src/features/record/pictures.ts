import { mediaUrl } from '../../api/media.ts'

/** Pictures kept ready beside the one on screen: ten neighbours and some views. */
const capacity = 24

const ready = new Map<string, HTMLImageElement>()
const coming = new Map<string, Promise<HTMLImageElement>>()

/** The screen-size picture of an image if it is decoded already. */
export function readyPicture(sha256: string): HTMLImageElement | null {
  return ready.get(sha256) ?? null
}

/** Loads and decodes the screen-size picture of an image, so that drawing it costs no time. Fails if it cannot be shown. */
export function screenPicture(sha256: string): Promise<HTMLImageElement> {
  const known = ready.get(sha256)
  if (known) {
    ready.delete(sha256)
    ready.set(sha256, known)
    return Promise.resolve(known)
  }
  const under = coming.get(sha256) ?? load(sha256)
  coming.set(sha256, under)
  return under
}

async function load(sha256: string): Promise<HTMLImageElement> {
  const picture = new Image()
  picture.decoding = 'async'
  picture.src = mediaUrl(sha256, 'screen')
  try {
    await picture.decode()
  } finally {
    coming.delete(sha256)
  }
  ready.set(sha256, picture)
  for (const old of ready.keys()) {
    if (ready.size <= capacity) break
    ready.delete(old)
  }
  return picture
}

/** Prefetches pictures. A failure is reported when the picture is shown. */
export function prefetchPictures(hashes: readonly string[]): void {
  for (const sha256 of hashes) void screenPicture(sha256).catch(() => undefined)
}
