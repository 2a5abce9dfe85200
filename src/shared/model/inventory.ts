import { z } from 'zod'

/**
 * Which differences between two inventory numbers do not count. `spaces`: all of them; `zeros`: those that lead a group of digits;
 * `dashes`: which of dash, slash, dot and underscore is between two digits, and whether there is one elsewhere; `case`: capitals and
 * accents; `prefixes`: prefixes that may be missing, such as `MNAT`.
 */
export const matchRulesSchema = z.object({
  spaces: z.boolean().default(true),
  zeros: z.boolean().default(true),
  dashes: z.boolean().default(true),
  case: z.boolean().default(true),
  prefixes: z.array(z.string().trim().min(1).max(40)).max(20).default([])
})
export type MatchRules = z.infer<typeof matchRulesSchema>

/** A file of the museum's inventory before it is linked: its sheets (XLSX only) and the columns of the chosen one. */
export const inventoryFileSchema = z.object({
  file: z.string(),
  sheets: z.array(z.string()),
  sheet: z.string().nullable(),
  rows: z.number().int(),
  columns: z.array(z.object({ name: z.string(), filled: z.number().int(), examples: z.array(z.string()) })),
  /** The column whose values match the most inventory numbers of the catalogue; null if none does. */
  likelyNumber: z.string().nullable()
})
export type InventoryFile = z.infer<typeof inventoryFileSchema>

/** A doubtful pair that the person has decided to join. `row` counts the rows below the heading from 1. */
export const joinSchema = z.object({ objectId: z.number().int(), row: z.number().int().min(1) })
export type Join = z.infer<typeof joinSchema>

export const linkOptionsSchema = z.object({
  file: z.string().min(1),
  sheet: z.string().nullable().default(null),
  /** Column with the inventory number. */
  number: z.string().min(1),
  rules: matchRulesSchema.prefault({}),
  joins: z.array(joinSchema).max(100_000).default([])
})
export type LinkOptions = z.input<typeof linkOptionsSchema>

/**
 * Why a pair is not joined automatically: `several` = more than one object or row has the number under the rules; `loose` = the numbers are
 * the same only under wider rules than those chosen.
 */
export const doubtSchema = z.object({
  reason: z.enum(['several', 'loose']),
  objectId: z.number().int(),
  label: z.string(),
  row: z.number().int(),
  number: z.string(),
  /** The first cells of the row besides its number. */
  excerpt: z.string()
})
export type Doubt = z.infer<typeof doubtSchema>

/** What linking would do, before anything is stored. Lists hold the first entries; the counts are complete. */
export const linkPlanSchema = z.object({
  rows: z.number().int(),
  objects: z.number().int(),
  /** Objects whose number is written the same way in the file. */
  exact: z.number().int(),
  /** Objects joined because the rules make two spellings the same. */
  byRule: z.number().int(),
  byRuleExamples: z.array(z.object({ label: z.string(), number: z.string() })),
  /** Objects joined because the person decided so. */
  decided: z.number().int(),
  doubts: z.array(doubtSchema),
  doubtCount: z.number().int(),
  unmatchedRows: z.number().int(),
  unmatchedRowExamples: z.array(z.string()),
  unmatchedObjects: z.number().int(),
  unmatchedObjectExamples: z.array(z.string()),
  /** What changes compared with the inventory linked now: objects that get a row, lose theirs, or whose row has other values. */
  difference: z.object({
    added: z.number().int(),
    removed: z.number().int(),
    changed: z.number().int(),
    same: z.number().int(),
    columns: z.array(z.object({ column: z.string(), changed: z.number().int() })),
    newColumns: z.array(z.string()),
    missingColumns: z.array(z.string()),
    examples: z.array(
      z.object({ objectId: z.number().int(), label: z.string(), column: z.string(), before: z.string(), after: z.string() })
    )
  })
})
export type LinkPlan = z.infer<typeof linkPlanSchema>

/** The inventory that is linked now. `changed`: its file has changed since it was read; null if the file is missing. */
export const linkedInventorySchema = z.object({
  file: z.string(),
  sheet: z.string().nullable(),
  number: z.string(),
  rules: matchRulesSchema,
  rows: z.number().int(),
  linked: z.number().int(),
  author: z.string(),
  at: z.string(),
  changed: z.boolean().nullable()
})
export type LinkedInventory = z.infer<typeof linkedInventorySchema>
