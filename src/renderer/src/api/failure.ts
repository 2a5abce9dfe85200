import { ORPCError } from '@orpc/client'
import { AppError, type ErrorData } from '../../../shared/errors.ts'

/** The kinds of failed calls that the page distinguishes. */
export type Failure =
  /** An error with a sentence in the error tables. */
  | { kind: 'told'; code: string; data: ErrorData }
  /** The core did not answer; the banner reports it and reconnects. */
  | { kind: 'gone' }
  /** The page cancelled the call. */
  | { kind: 'cancelled' }

/** Classifies anything thrown by a call of the core. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return { kind: 'told', code: error.code, data: error.data }
  if (error instanceof ORPCError) return toldBy(error)
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled' }
  // fetch throws TypeError only for a failed connection.
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return { kind: 'gone' }
  return { kind: 'told', code: 'page.bug', data: { detail: error instanceof Error ? error.message : String(error) } }
}

function toldBy(error: ORPCError<string, unknown>): Failure {
  const data = error.data as { code?: unknown; data?: unknown } | null | undefined
  if (error.code === 'APP' && typeof data?.code === 'string') return { kind: 'told', code: data.code, data: (data.data ?? {}) as ErrorData }
  return { kind: 'told', code: 'page.bug', data: { detail: `${error.code} ${error.message}` } }
}
