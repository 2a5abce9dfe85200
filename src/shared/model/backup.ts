import { z } from 'zod'
import { errorDataSchema } from './error-data.ts'

/**
 * Why a backup was made: `daily` automatically, `manual` because a person asked, `import`, `rule`, `reimport`, `renumber`, `migration`
 * before these, `lost` because the file of the catalogue was replaced while it was open. `replaced`: a database that a restored
 * backup replaced. `unknown`: it cannot be read.
 */
export const backupReasonSchema = z.enum([
  'daily',
  'manual',
  'import',
  'rule',
  'reimport',
  'renumber',
  'migration',
  'lost',
  'replaced',
  'unknown'
])
export type BackupReason = z.infer<typeof backupReasonSchema>

/** A backup and what it holds. `decisions` are actions in force, `events` all that was logged. One that cannot be read is not `usable`. */
export const backupSchema = z.object({
  file: z.string(),
  at: z.string(),
  reason: backupReasonSchema,
  objects: z.number().int(),
  decisions: z.number().int(),
  events: z.number().int(),
  bytes: z.number().int(),
  usable: z.boolean()
})
export type Backup = z.infer<typeof backupSchema>

/** The backups of a catalogue, newest first. */
export const backupListSchema = z.object({
  /** The catalogue's folder. */
  path: z.string(),
  /** Folder on another disk that a person chose; null = in the catalogue's folder. */
  folder: z.string().nullable(),
  /** What the catalogue holds now; null if its database cannot be read. */
  present: z.object({ objects: z.number().int(), decisions: z.number().int() }).nullable(),
  backups: z.array(backupSchema)
})
export type BackupList = z.infer<typeof backupListSchema>

/** The outcome of the last automatic backup. */
export const backupProblemSchema = z.object({ code: z.string(), data: errorDataSchema }).nullable()
