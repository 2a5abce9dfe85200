import { resolve } from 'node:path'
import { importOptionsSchema, type ImportOptions, type Job } from '../../../shared/model/job.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Imports } from '../import/import.ts'
import { importJobSchema } from '../import/options.ts'
import type { Jobs } from '../jobs/jobs.ts'

/** Jobs that are looked through, the newest first: an import that was broken off longer ago is begun anew. */
const lookedThrough = 20

const unfinished: readonly Job['state'][] = ['waiting', 'running', 'stopped', 'interrupted']

/**
 * Starts an import, unless the same one (folder, copying, pattern and joining of folders) was stopped or broken off: then that one goes on, so
 * that its report stays one and no file is looked at twice.
 */
export async function resumeOrStart(catalogue: Catalogue, jobs: Jobs, imports: Imports, options: ImportOptions): Promise<number> {
  const { folder, copy, pattern, acrossFolders } = importOptionsSchema.parse(options)
  const same = (await catalogue.read('jobs', { limit: lookedThrough })).find((job) => {
    if (job.kind !== 'import' || !unfinished.includes(job.state)) return false
    const before = importJobSchema.parse(job.options)
    const choices = before.copy === copy && before.pattern === pattern && before.acrossFolders === acrossFolders
    return before.retryOf === null && before.folder === resolve(folder) && choices
  })
  return same === undefined ? await imports.start(options) : (await jobs.resume(same.id)).id
}
