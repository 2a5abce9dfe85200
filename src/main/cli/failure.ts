import { ORPCError } from '@orpc/client'
import { z } from 'zod'
import { AppError, Cancelled } from '../../shared/errors.ts'
import { errorDataSchema } from '../../shared/model/error-data.ts'

const appData = z.object({ code: z.string(), data: errorDataSchema })

/** Turns an error answer of the core into its AppError. Anything else is a bug in the command line. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Cancelled) return new AppError('job.stopped')
  const told = error instanceof ORPCError ? appData.safeParse(error.data) : null
  if (told?.success === true) return AppError.told(told.data, error)
  return new AppError('cli.bug', { message: error instanceof Error ? error.message : String(error) }, error)
}
