import { resolve } from 'node:path'
import { importOptionsSchema, type ImportOptions, type Job } from '../../../shared/model/job.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Imports } from '../import/import.ts'
import { importJobSchema } from '../import/options.ts'
import type { Jobs } from '../jobs/jobs.ts'

/** How many recent jobs are searched; an import interrupted before those is started again. */
const lookedThrough = 20

const unfinished: readonly Job['state'][] = ['waiting', 'running', 'stopped', 'interrupted']

/**
 * Starts an import, or resumes a stopped or interrupted one with the same options (folder, copying, pattern, joining of folders),
 * so that there is one report and no file is read twice.
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
