import { z } from 'zod'
import { facetSchema } from './facet-schema.ts'
import { actionKindSchema, actionSummarySchema } from './record.ts'
import { termSchema } from './term.ts'

/** An action as the history lists it. `undone` is the action by which it was undone; undo and redo are never undone themselves. */
export const historyEntrySchema = actionSummarySchema.extend({
  undone: z.number().int().nullable(),
  /** The action that an undo or redo undoes or repeats. */
  reverses: z.number().int().nullable(),
  canUndo: z.boolean(),
  /** Why a rule was applied, in the person's words. */
  reason: z.string().nullable()
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>

export const historyQuerySchema = z.object({
  objectId: z.number().int().nullable().default(null),
  author: z.string().nullable().default(null),
  /** Empty = all kinds. */
  kinds: z.array(actionKindSchema).default([]),
  /** From before this action; null = from the newest. */
  before: z.number().int().nullable(),
  limit: z.number().int().min(1).max(200)
})
export type HistoryQuery = z.infer<typeof historyQuerySchema>

/** One change of an action. `before` and `after` are states or texts; null if there was none. */
export const changeSchema = z.object({
  subject: z.string(),
  term: termSchema.nullable(),
  facet: facetSchema.nullable(),
  before: z.string().nullable(),
  after: z.string().nullable()
})
export type Change = z.infer<typeof changeSchema>

/** What an action changed on an object. `kept`: how many of its changes an undo would leave alone, because of later ones. */
export const changedObjectSchema = z.object({
  objectId: z.number().int(),
  label: z.string(),
  changes: z.array(changeSchema),
  kept: z.number().int()
})
export type ChangedObject = z.infer<typeof changedObjectSchema>

/** A page of what an action changed, in the order of object ids. `next`: where the next page begins; null on the last page. */
export const actionDetailsSchema = z.object({ objects: z.array(changedObjectSchema), next: z.number().int().nullable() })
export type ActionDetails = z.infer<typeof actionDetailsSchema>

/** A run of a model. `objects` is how many show its suggestions now: none for a removed run, which undo can restore. */
export const runEntrySchema = z.object({
  id: z.number().int(),
  bundleId: z.string(),
  bundleVersion: z.string(),
  device: z.string(),
  startedAt: z.string(),
  images: z.number().int(),
  objects: z.number().int(),
  removed: z.boolean()
})
export type RunEntry = z.infer<typeof runEntrySchema>
