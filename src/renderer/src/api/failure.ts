import { ORPCError } from '@orpc/client'
import { AppError, type ErrorData } from '../../../shared/errors.ts'

/** What became of a call that failed, as the page treats it. */
export type Failure =
  /** Something with a sentence in the error tables. */
  | { kind: 'told'; code: string; data: ErrorData }
  /** The core did not answer; the banner says so and connects again. */
  | { kind: 'gone' }
  /** The page itself gave the call up. */
  | { kind: 'cancelled' }

/** Sorts anything that a call of the core threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return { kind: 'told', code: error.code, data: error.data }
  if (error instanceof ORPCError) return toldBy(error)
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled' }
  // fetch says TypeError for a connection that failed and for nothing else.
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return { kind: 'gone' }
  return { kind: 'told', code: 'page.bug', data: { detail: error instanceof Error ? error.message : String(error) } }
}

function toldBy(error: ORPCError<string, unknown>): Failure {
  const data = error.data as { code?: unknown; data?: unknown } | null | undefined
  if (error.code === 'APP' && typeof data?.code === 'string') return { kind: 'told', code: data.code, data: (data.data ?? {}) as ErrorData }
  return { kind: 'told', code: 'page.bug', data: { detail: `${error.code} ${error.message}` } }
}
