import { basename, resolve } from 'node:path'
import { parsePattern } from '../../../shared/domain/pattern.ts'
import { AppError } from '../../../shared/errors.ts'
import {
  importOptionsSchema,
  type ImportItem,
  type ImportItemState,
  type ImportOptions,
  type PatternTrial
} from '../../../shared/model/job.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { importJobSchema, type ImportJob } from './options.ts'
import { writeReportFile, type ReportQuery } from './report-file.ts'
import { expectReadable } from './scan.ts'
import { createPatternTrials } from './try-pattern.ts'

/** Imports of the open catalogue: starting, reporting, trying again. */
export interface Imports {
  tryPattern(folder: string, pattern: string, acrossFolders: boolean, files?: readonly string[] | null): Promise<PatternTrial>
  /** @throws AppError for a folder that can't be read (`import.folder…`) or a wrong pattern (`pattern.…`) */
  start(options: ImportOptions): Promise<number>
  /** A page of the report in path order, and the number of files in each state; their sum is the number of files. */
  report(query: {
    jobId: number
    state: ImportItemState | null
    after: string | null
    limit: number
  }): Promise<{ items: ImportItem[]; counts: Record<ImportItemState, number> }>
  /** Writes the report as a CSV file. @throws AppError `jobs.notFound`, `export.…` where the file cannot be written */
  saveReport(query: ReportQuery): Promise<{ file: string; name: string }>
  /** Tries the refused files of an import again as a new job. @throws AppError `import.nothingToRetry` */
  retry(jobId: number): Promise<number>
}

export function createImports({ catalogue, jobs }: { catalogue: Catalogue; jobs: Jobs }): Imports {
  const trials = createPatternTrials(catalogue)

  async function find(jobId: number): Promise<{ title: string; options: ImportJob }> {
    const job = await catalogue.read('job', jobId)
    if (job === null || job.kind !== 'import') throw new AppError('jobs.notFound', { id: jobId })
    return { title: job.title, options: importJobSchema.parse(job.options) }
  }

  return {
    tryPattern: (folder, pattern, acrossFolders, files) => trials.try(resolve(folder), pattern, acrossFolders, files),
    async start(options) {
      const folder = resolve(options.folder)
      const { error } = parsePattern(options.pattern ?? '')
      if (error !== null) throw AppError.told(error)
      await expectReadable(folder)
      return await jobs.start('import', basename(folder) || folder, { ...importOptionsSchema.parse(options), folder })
    },
    async report({ jobId, state, after, limit }) {
      const [items, counts] = await Promise.all([
        catalogue.read('importItems', { jobId, state, problems: false, after: after ?? '', limit }),
        catalogue.read('importCounts', jobId)
      ])
      return { items, counts }
    },
    async saveReport(query) {
      const { title } = await find(query.jobId)
      return await writeReportFile(catalogue, title, query)
    },
    async retry(jobId) {
      const { title, options } = await find(jobId)
      const { refused } = await catalogue.read('importCounts', jobId)
      if (refused === 0) throw new AppError('import.nothingToRetry', { title })
      return await jobs.start('import', title, { ...options, retryOf: jobId })
    }
  }
}
