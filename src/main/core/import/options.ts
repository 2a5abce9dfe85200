import { z } from 'zod'
import { importOptionsSchema } from '../../../shared/model/job.ts'

/** Options of an import job, as stored with it. */
export const importJobSchema = importOptionsSchema.extend({
  /** The import whose refused files are tried again; null scans the folder. */
  retryOf: z.number().int().nullable().default(null)
})
export type ImportJob = z.infer<typeof importJobSchema>
