import { withAddressKey } from './session-keys.ts'

export type MediaSize = 'thumb' | 'screen' | 'full'

/** Address of a picture: `thumb` for grids and the filmstrip, `screen` for the record view, `full` for 1:1. */
export function mediaUrl(sha256: string, size: MediaSize): string {
  return withAddressKey(`/media/${sha256}/${size}`)
}

/** Address under which a file of the catalogue's folder `exports` can be saved from a browser. */
export function downloadUrl(name: string): string {
  return withAddressKey(`/download/${encodeURIComponent(name)}`)
}
