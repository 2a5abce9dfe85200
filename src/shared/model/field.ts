import { z } from 'zod'

/** `linked` fields come from the museum's inventory and cannot be edited here; people fill the others in. */
export const ownFieldKindSchema = z.enum(['text', 'longText', 'date', 'number', 'choice'])
export const fieldKindSchema = z.enum(['linked', ...ownFieldKindSchema.options])
export type FieldKind = z.infer<typeof fieldKindSchema>

/** The meaning of a field for exports: those for which an export format has an element. */
export const fieldMeaningSchema = z.enum(['title', 'dating', 'maker', 'measurements', 'location', 'description', 'other'])
export type FieldMeaning = z.infer<typeof fieldMeaningSchema>

/** A field of the catalogue. `shown` fields appear in the record; `choices` are the values of the kind `choice`. */
export const fieldSchema = z.object({
  id: z.number().int(),
  kind: fieldKindSchema,
  name: z.string(),
  meaning: fieldMeaningSchema,
  shown: z.boolean(),
  choices: z.array(z.string())
})
export type Field = z.infer<typeof fieldSchema>

/** Maximum length of a value, in characters. */
export const longestValue = 20_000

/** A field of one object. An empty value means that nothing is filled in; `author` and `at` are those of the last change made here. */
export const objectFieldSchema = fieldSchema.omit({ id: true, shown: true }).extend({
  fieldId: z.number().int(),
  value: z.string(),
  author: z.string().nullable(),
  at: z.string().nullable()
})
export type ObjectField = z.infer<typeof objectFieldSchema>

/** Name of a field, as the person gives it. */
const fieldName = z.string().trim().min(1).max(120)
const choiceList = z.array(z.string().trim().min(1).max(500)).max(500)

export const newFieldSchema = z.object({
  kind: ownFieldKindSchema,
  name: fieldName,
  meaning: fieldMeaningSchema.default('other'),
  choices: choiceList.default([])
})
export type NewField = z.input<typeof newFieldSchema>

/** What of a field can be changed; a linked field keeps the name of its column. */
export const fieldChangeSchema = z.object({
  id: z.number().int(),
  name: fieldName.optional(),
  meaning: fieldMeaningSchema.optional(),
  shown: z.boolean().optional(),
  choices: choiceList.optional()
})
export type FieldChange = z.infer<typeof fieldChangeSchema>
