import { z } from 'zod'
import type { ErrorData } from '../errors.ts'

/** The schema of an AppError's data; not in errors.ts, so that threads do not load zod. */
export const errorDataSchema: z.ZodType<ErrorData> = z.record(z.string(), z.union([z.string(), z.number()]))
