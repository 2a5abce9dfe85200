import { z } from 'zod'
import type { ErrorData } from '../errors.ts'

/** The data of an AppError on its way to the window; apart from errors.ts, so that threads do not load zod for an error. */
export const errorDataSchema: z.ZodType<ErrorData> = z.record(z.string(), z.union([z.string(), z.number()]))
