import { readFile } from 'node:fs/promises'
import type { Overview } from '../annotation/overview.ts'
import { peek } from '../catalogue/peek.ts'
import { keptFile } from '../media/thumbnails.ts'

/** Counts of a catalogue that is not open; null if it cannot be read. */
export async function peekOverview(folder: string): Promise<Overview | null> {
  return (await peek(folder, 'overview')) as Overview | null
}

/** A catalogue's thumbnails of the given images, as `data:` URLs; missing ones are left out. */
export async function picturesOf(folder: string, sha256s: readonly string[]): Promise<string[]> {
  const read = sha256s.map((sha256) => readFile(keptFile(folder, sha256, 'thumb')).catch(() => null))
  return (await Promise.all(read)).flatMap((bytes) => (bytes === null ? [] : `data:image/jpeg;base64,${bytes.toString('base64')}`))
}
