import { ORPCError, ValidationError } from '@orpc/server'
import { AppError, Cancelled, type ErrorData } from '../../../shared/errors.ts'

/** Turns whatever was thrown into what the asker is told; `what` names the method or address for the log. */
export type Explain = (error: unknown, what: string) => AppError | Cancelled

/** Writes an error that nobody foresaw into the log and gives back the trace under which it is found there. */
export type LogBug = (error: unknown, what: string) => string

/** Makes the one place that decides what is an answer, what is a wish to stop, and what is a bug. */
export function createExplain(logBug: LogBug): Explain {
  return (error, what) => {
    if (error instanceof AppError || error instanceof Cancelled) return error
    if (error instanceof Error && error.name === 'AbortError') return new Cancelled()
    if (error instanceof ORPCError && error.cause instanceof ValidationError && error.code === 'BAD_REQUEST') {
      return new AppError('request.invalid', firstIssue(error.cause), error)
    }
    return new AppError('bug', { trace: logBug(error, what) }, error)
  }
}

function firstIssue({ issues }: ValidationError): ErrorData {
  const [issue] = issues
  const path = issue?.path?.map((part) => (typeof part === 'object' ? part.key : part)) ?? []
  return { field: path.join('.') || '-', problem: issue?.message ?? '' }
}

/** The same answer in the form in which it crosses the wire: the contract's error APP, or a request that its asker closed. */
export function toWire(error: AppError | Cancelled): ORPCError<string, unknown> {
  if (error instanceof Cancelled) return new ORPCError('CLIENT_CLOSED_REQUEST')
  const { code, data } = error
  return new ORPCError('APP', { status: 422, message: code, data: { code, data }, cause: error })
}
