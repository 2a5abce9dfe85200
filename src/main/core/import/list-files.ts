import type { Catalogue } from '../operations/catalogue.ts'
import type { ImportJob } from './options.ts'
import { scanFolder, type ScannedFile } from './scan.ts'

/** Refusals that cannot change on a second look at the same path, only with a new name. */
const inTheName = new Set(['import.nameEncoding', 'import.folderName'])

/** Hands over the files of an import in portions: all pictures of its folder, the files chosen, or the refused ones of an earlier import. */
export async function listFiles(
  catalogue: Catalogue,
  job: ImportJob,
  signal: AbortSignal,
  found: (files: ScannedFile[]) => Promise<void>
): Promise<{ ignored: number }> {
  if (job.retryOf === null && job.files !== null) {
    await found(job.files.map((key) => ({ key, bytes: 0, modified: 0, refused: null })))
    return { ignored: 0 }
  }
  if (job.retryOf === null) return await scanFolder(job.folder, { details: true, signal }, found)
  let ignored = 0
  const files: ScannedFile[] = []
  for (const { key, code, data } of await catalogue.read('refusedFiles', job.retryOf)) {
    if (inTheName.has(code)) files.push({ key, bytes: 0, modified: 0, refused: { code, data } })
    else if (key.endsWith('/')) ignored += (await scanFolder(job.folder, { below: key.slice(0, -1), details: true, signal }, found)).ignored
    else files.push({ key, bytes: 0, modified: 0, refused: null })
  }
  await found(files)
  return { ignored }
}
