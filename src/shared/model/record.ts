import { z } from 'zod'
import { facetSchema } from './facet-schema.ts'
import { longestValue, objectFieldSchema } from './field.ts'
import { labelsSchema, termKeySchema, termSchema } from './term.ts'

/** State of a term on an object (docs/interface.md, "Term states"). `open` is the absence of a decision and never counts as "no". */
export const termStateSchema = z.enum(['open', 'accepted', 'rejected', 'uncertain'])
export type TermState = z.infer<typeof termStateSchema>

/** How sure the person is of an accepted term (docs/interface.md, "Term states"). */
export const certaintySchema = z.enum(['certain', 'probable'])
export type Certainty = z.infer<typeof certaintySchema>

/** State of a facet on an object (docs/interface.md, "Facet states"). */
export const facetStateSchema = z.enum(['open', 'closed', 'notApplicable', 'notVisible'])
export type FacetState = z.infer<typeof facetStateSchema>

/** Status of an object, derived from its facets: none decided, some, all (docs/interface.md, "Facet states"). */
export const objectStatusSchema = z.enum(['new', 'inWork', 'closed'])
export type ObjectStatus = z.infer<typeof objectStatusSchema>

/** A pass of a model bundle over images; what a suggestion came from. */
export const runSchema = z.object({
  id: z.number().int(),
  bundleId: z.string(),
  bundleVersion: z.string(),
  device: z.string(),
  /** `adapted`: what the model says together with the catalogue's own decisions. */
  kind: z.enum(['model', 'adapted']),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  images: z.number().int()
})
export type Run = z.infer<typeof runSchema>

/**
 * A term that a model suggests for an object: rank within the facet from 1, `score` the ensemble's share of the facet
 * (sums to one over the facet's terms), `probability` the calibrated likelihood that the term is right, and each member's own score.
 */
export const suggestionSchema = z.object({
  term: termSchema,
  rank: z.number().int().min(1),
  score: z.number(),
  probability: z.number(),
  members: z.record(z.string(), z.number()),
  runId: z.number().int(),
  /** The parts of a score that was learned here: similar decided pictures, the linear model of all decisions, the model alone. Null: from the model alone. */
  evidence: z.object({ neighbours: z.number(), linear: z.number(), base: z.number() }).nullable()
})
export type Suggestion = z.infer<typeof suggestionSchema>

/** What a person (or a recorded rule) decided about a term on an object, and what had been suggested when it was decided. */
export const annotationSchema = z.object({
  term: termSchema,
  state: termStateSchema.exclude(['open']),
  certainty: certaintySchema,
  author: z.string(),
  at: z.string(),
  by: z.enum(['person', 'rule']),
  suggested: z.object({ runId: z.number().int(), rank: z.number().int(), probability: z.number() }).nullable()
})
export type Annotation = z.infer<typeof annotationSchema>

/** One facet of an object's record. Suggestions are those of the newest run that saw the object, in rank order. */
export const facetRecordSchema = z.object({
  facet: facetSchema,
  state: facetStateSchema,
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  /** The pictures are unlike all that is known here, of the model's training and of what was decided. */
  outside: z.boolean(),
  suggestions: z.array(suggestionSchema),
  annotations: z.array(annotationSchema)
})
export type FacetRecord = z.infer<typeof facetRecordSchema>

/** Embedded metadata that an import keeps (EXIF, IPTC and XMP, in this order of increasing precedence). */
export const imageMetadataSchema = z.object({
  title: z.string().nullable(),
  description: z.string().nullable(),
  keywords: z.array(z.string()),
  creator: z.string().nullable(),
  date: z.string().nullable(),
  rights: z.string().nullable()
})
export type ImageMetadata = z.infer<typeof imageMetadataSchema>

/** An image (a view) of an object. Width and height are those of the upright picture, in pixels. */
export const imageSchema = z.object({
  id: z.number().int(),
  sha256: z.string(),
  fileName: z.string(),
  path: z.string(),
  format: z.string(),
  bytes: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  pages: z.number().int(),
  view: z.string().nullable(),
  found: z.boolean(),
  metadata: imageMetadataSchema
})
export type Image = z.infer<typeof imageSchema>

/** An object with everything the record view shows. */
export const recordSchema = z.object({
  id: z.number().int(),
  inventoryNumber: z.string().nullable(),
  label: z.string(),
  status: objectStatusSchema,
  flagged: z.boolean(),
  note: z.string(),
  images: z.array(imageSchema),
  facets: z.array(facetRecordSchema),
  /** The shown fields in the order that the person set; those that people fill in here are there even where they are empty. */
  fields: z.array(objectFieldSchema),
  run: runSchema.nullable()
})
export type ObjectRecord = z.infer<typeof recordSchema>

/** An object as a card of the contact sheet or the filmstrip. `label` is the inventory number, else the file's name. */
export const cardSchema = z.object({
  id: z.number().int(),
  label: z.string(),
  sha256: z.string().nullable(),
  width: z.number().int(),
  height: z.number().int(),
  views: z.number().int(),
  status: objectStatusSchema,
  facetStates: z.record(facetSchema, facetStateSchema),
  accepted: z.number().int(),
  /** The first term that was accepted, an object type before any other. */
  term: labelsSchema.nullable(),
  suggested: z.boolean(),
  flagged: z.boolean(),
  /** The original of one of its images was not found when it was last looked for. */
  missing: z.boolean()
})
export type Card = z.infer<typeof cardSchema>

/** Filter of the contact sheet; empty = all. `text` is looked for in number, file name, accepted terms and file keywords. */
/** A condition on a field; `contains` ignores case and accents. */
export const fieldConditionSchema = z.object({
  fieldId: z.number().int(),
  is: z.enum(['contains', 'filled', 'empty']),
  text: z.string().max(1000).default('')
})
export type FieldCondition = z.infer<typeof fieldConditionSchema>

export const objectFilterSchema = z.object({
  text: z.string().default(''),
  status: z.array(objectStatusSchema).default([]),
  flagged: z.boolean().nullable().default(null),
  suggested: z.boolean().nullable().default(null),
  /** Whether an original was not found; left out = either. */
  missing: z.boolean().optional(),
  /** All of them must hold. */
  fields: z.array(fieldConditionSchema).max(20).optional()
})
export type ObjectFilter = z.infer<typeof objectFilterSchema>

/** `field:12` is the order of the values of the field 12, numbers by their size; objects without a value come last. */
export const objectOrderSchema = z.union([
  z.enum(['number', 'imported', 'uncertainty', 'workList']),
  z.templateLiteral(['field:', z.int()])
])
export type ObjectOrder = z.infer<typeof objectOrderSchema>

/** One decision of a person; the unit that is stored at once and undone in one step (docs/interface.md, "Undo"). */
export const decisionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('term'),
    objectId: z.number().int(),
    term: termKeySchema,
    state: termStateSchema,
    certainty: certaintySchema.default('certain')
  }),
  z.object({ kind: z.literal('replace'), objectId: z.number().int(), from: termKeySchema, to: termKeySchema }),
  z.object({ kind: z.literal('rejectRest'), objectId: z.number().int(), facet: facetSchema }),
  z.object({ kind: z.literal('facet'), objectId: z.number().int(), facet: facetSchema, state: facetStateSchema }),
  z.object({ kind: z.literal('note'), objectId: z.number().int(), note: z.string().max(10000) }),
  /** The inventory number; empty or null takes it away. One that another object has is refused unless it is allowed. */
  z.object({
    kind: z.literal('number'),
    objectId: z.number().int(),
    number: z.string().max(200).nullable(),
    allowDouble: z.boolean().default(false)
  }),
  z.object({ kind: z.literal('flag'), objectId: z.number().int(), flagged: z.boolean() }),
  z.object({ kind: z.literal('field'), objectId: z.number().int(), fieldId: z.number().int(), value: z.string().max(longestValue) })
])
export type Decision = z.infer<typeof decisionSchema>

/** A recorded rule that accepts suggestions in bulk: the first `top` of each facet, or all from `minProbability` on. */
export const acceptRuleSchema = z
  .object({
    top: z.number().int().min(1).max(10).nullable().default(null),
    minProbability: z.number().min(0).max(1).nullable().default(null),
    reason: z.string().min(1)
  })
  .refine((rule) => (rule.top === null) !== (rule.minProbability === null), { message: 'either top or minProbability' })
export type AcceptRule = z.infer<typeof acceptRuleSchema>

/** What an action is about. `repoint`: says where moved files lie now. `removeRun`: shows the suggestions of a run no more. */
export const actionKindSchema = z.enum([
  'term',
  'replace',
  'rejectRest',
  'facet',
  'note',
  'flag',
  'number',
  'rule',
  'bringIn',
  'field',
  'link',
  'renumber',
  'repoint',
  'removeRun',
  'undo',
  'redo'
])

/** What an action did, in data: the interface puts it into words in its own language. */
export const actionSummarySchema = z.object({
  id: z.number().int(),
  kind: actionKindSchema,
  author: z.string(),
  at: z.string(),
  objectId: z.number().int().nullable(),
  /** What the object is called: its inventory number, else the name of its first file; null for an action on many. */
  objectLabel: z.string().nullable(),
  objects: z.number().int(),
  changes: z.number().int(),
  term: termSchema.nullable(),
  facet: facetSchema.nullable(),
  state: z.string().nullable(),
  /** The name of the field, or of the inventory's file that was linked. */
  field: z.string().nullable()
})
export type ActionSummary = z.infer<typeof actionSummarySchema>

/** What Ctrl+Z and Ctrl+Shift+Z would do now. */
export const undoStateSchema = z.object({ undo: actionSummarySchema.nullable(), redo: actionSummarySchema.nullable() })
export type UndoState = z.infer<typeof undoStateSchema>
