import { z } from 'zod'
import { facetSchema } from '../../../shared/model/facet-schema.ts'
import type { ErrorData } from '../../../shared/errors.ts'

const count = z.number().int().min(0)
const seconds = z.number().min(0).nullable().optional()

/** Values that a sentence may name; other values of the trainer are written as JSON. */
const data = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((values): ErrorData =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value ?? '')
      ])
    )
  )

/** A line of the trainer's stdout (trainer/src/fitxa_trainer/schemas/progress.schema.json). Unknown fields are ignored. */
export const trainerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), name: z.string() }),
  z.object({ type: z.literal('progress'), stage: z.string(), done: count, total: count.nullable(), secondsLeft: seconds }),
  z.object({
    type: z.literal('epoch'),
    epoch: count,
    epochs: count,
    loss: z.number(),
    validation: z.record(z.string(), z.number().nullable()).default({}),
    imagesPerSecond: z.number().nullable().optional(),
    secondsLeft: seconds
  }),
  z.object({ type: z.literal('warning'), code: z.string(), data, message: z.string() }),
  z.object({ type: z.literal('error'), code: z.string(), data, message: z.string() }),
  z.object({ type: z.literal('result') })
])
export type TrainerMessage = z.infer<typeof trainerMessageSchema>

/** The message of a line; null for a line that is none. */
export function parseTrainerLine(line: string): TrainerMessage | null {
  try {
    const parsed = trainerMessageSchema.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** The figures of an epoch for the facets that Fitxa knows. */
export function facetFigures(values: Readonly<Record<string, number | null>>): Partial<Record<z.infer<typeof facetSchema>, number>> {
  return Object.fromEntries(
    Object.entries(values).filter(([facet, value]) => facetSchema.safeParse(facet).success && value !== null)
  ) as Partial<Record<z.infer<typeof facetSchema>, number>>
}
