import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFiles } from './python.ts'

/** A package of a lock file. `text` is its entry as pip reads it: version, marker, hashes. */
export interface LockedPackage {
  readonly name: string
  readonly text: string
}

/**
 * The packages that a training needs, with all that they import, from the lock files in the trainer's folder. Without `torch` NVIDIA's
 * libraries are left out: a machine with its own torch has them in the form that this torch needs.
 */
export async function readLocks(trainerFolder: string, torch: boolean): Promise<LockedPackage[]> {
  const files = torch ? lockFiles : lockFiles.slice(0, 1)
  const texts = await Promise.all(files.map((name) => readFile(join(trainerFolder, name), 'utf8')))
  return texts.flatMap(parseLock)
}

/** The entries of a lock file: a line that begins with a name, and the indented lines of hashes that follow it. */
export function parseLock(text: string): LockedPackage[] {
  return text
    .split(/^(?=[A-Za-z0-9])/m)
    .map((entry) => ({ name: /^[A-Za-z0-9][\w.-]*/.exec(entry)?.[0], text: entry.trimEnd() }))
    .filter((entry): entry is LockedPackage => entry.name !== undefined)
}
