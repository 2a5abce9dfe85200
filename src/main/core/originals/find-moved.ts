import { join, posix } from 'node:path'
import { Cancelled } from '../../../shared/errors.ts'
import { scanFolder } from '../import/scan.ts'
import { hashFile } from '../lib/hash-file.ts'
import type { FoundOriginal, Original } from './operations.ts'

interface Candidate {
  readonly key: string
  readonly modified: number
  sha256: string | null
}

/** What a search for moved originals saw. `files` counts the pictures of the folder. */
export interface MovedFiles {
  readonly files: number
  readonly found: FoundOriginal[]
}

/**
 * Looks below a folder for originals that are missing. A file of the same name and size is tried first, then every file of the same
 * size; the checksum decides. So a folder that was moved as a whole is read once, and a renamed file is found too. Of several copies,
 * the one whose path is most like the old one is taken. The result is in the order of objects.
 *
 * @param looked called after each original, with whether it was found
 * @throws AppError `import.folder…` where the folder cannot be read; Cancelled
 */
export async function findMoved(
  folder: string,
  missing: readonly Original[],
  signal: AbortSignal,
  looked: (found: boolean) => void
): Promise<MovedFiles> {
  const sizes = new Set(missing.map(({ bytes }) => bytes))
  const bySize = new Map<number, Candidate[]>()
  const byName = new Map<string, Candidate[]>()
  let files = 0
  await scanFolder(folder, { details: true, signal }, (portion) => {
    for (const { key, bytes, modified, refused } of portion) {
      if (refused !== null) continue
      files++
      if (!sizes.has(bytes)) continue
      const candidate: Candidate = { key, modified, sha256: null }
      add(bySize, bytes, candidate)
      add(byName, nameKey(bytes, key), candidate)
    }
  })

  const read = async (candidate: Candidate): Promise<string> => {
    if (signal.aborted) throw new Cancelled()
    // A file that cannot be read now is none of those looked for.
    candidate.sha256 ??= await hashFile(join(folder, candidate.key)).catch(() => '')
    return candidate.sha256
  }
  const found: FoundOriginal[] = []
  const take = ({ imageId, objectId }: Original, { key, modified }: Candidate): void => {
    found.push({ imageId, objectId, root: folder, path: key, modified })
    looked(true)
  }

  const renamed: Original[] = []
  for (const original of missing) {
    const match = await firstMatch(original, namesakes(original, byName), read)
    if (match === null) renamed.push(original)
    else take(original, match)
  }
  for (const original of renamed) {
    const match = await firstMatch(original, bySize.get(original.bytes) ?? [], read)
    if (match === null) looked(false)
    else take(original, match)
  }
  return { files, found: found.sort((a, b) => a.objectId - b.objectId || a.imageId - b.imageId) }
}

async function firstMatch(
  { sha256 }: Original,
  candidates: readonly Candidate[],
  read: (candidate: Candidate) => Promise<string>
): Promise<Candidate | null> {
  for (const candidate of candidates) if ((candidate.sha256 ?? (await read(candidate))) === sha256) return candidate
  return null
}

/** The files with the name and size of an original, the one with the most like path first. */
function namesakes({ bytes, locations }: Original, byName: ReadonlyMap<string, Candidate[]>): Candidate[] {
  const paths = locations.map(({ path }) => path.replaceAll('\\', '/'))
  const all = new Set(paths.flatMap((path) => byName.get(nameKey(bytes, path)) ?? []))
  const likeness = (key: string): number => Math.max(0, ...paths.map((path) => sharedEnd(key, path)))
  return [...all].sort((a, b) => likeness(b.key) - likeness(a.key))
}

/** How many parts two paths share at their ends. */
function sharedEnd(one: string, other: string): number {
  const a = one.split('/').reverse()
  const b = other.split('/').reverse()
  const differs = a.findIndex((part, index) => part !== b[index])
  return differs === -1 ? a.length : differs
}

function nameKey(bytes: number, path: string): string {
  return `${bytes} ${posix.basename(path).toLowerCase()}`
}

function add<Key>(map: Map<Key, Candidate[]>, key: Key, candidate: Candidate): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [candidate])
  else list.push(candidate)
}
