import { ORPCError } from '@orpc/client'
import { z } from 'zod'
import { AppError, Cancelled } from '../../shared/errors.ts'
import { errorDataSchema } from '../../shared/model/error-data.ts'

const appData = z.object({ code: z.string(), data: errorDataSchema })

/** An answer of the core that is an error, as the error it stands for; anything else is a bug of the command line itself. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Cancelled) return new AppError('job.stopped')
  const told = error instanceof ORPCError ? appData.safeParse(error.data) : null
  if (told?.success === true) return AppError.told(told.data, error)
  return new AppError('cli.bug', { message: error instanceof Error ? error.message : String(error) }, error)
}
