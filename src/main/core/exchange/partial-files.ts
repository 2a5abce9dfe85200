import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { cataloguePaths } from '../catalogue/folder.ts'
import { isTemporaryName } from '../lib/atomic-file.ts'
import { exists } from '../lib/exists.ts'
import type { Catalogue } from '../operations/catalogue.ts'

/**
 * Removes the unfinished files that killed exports left behind: those of one job, or (`jobId` null, when no export runs)
 * of all jobs and whatever lies unfinished in the folder `exports`. A file on a disk that is not connected stays noted.
 */
export async function sweepPartialFiles(catalogue: Catalogue, jobId: number | null): Promise<void> {
  for (const { job, file } of await catalogue.read('partialFiles', jobId)) {
    if (isTemporaryName(basename(file))) await rm(file, { force: true })
    if (await exists(dirname(file))) await catalogue.write('forgetPartialFile', { jobId: job, file })
  }
  if (jobId !== null) return
  const { exports } = cataloguePaths(catalogue.folder)
  const names = (await exists(exports)) ? await readdir(exports) : []
  for (const name of names.filter(isTemporaryName)) await rm(join(exports, name), { force: true })
}
