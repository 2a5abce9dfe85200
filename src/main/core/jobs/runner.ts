import type { JobKind } from '../../../shared/model/job.ts'

/** The result of a finished job besides its counts: a file's path, the id of a run. */
export type JobResult = Record<string, string | number | null>

/** What a runner uses to report progress. */
export interface JobContext {
  readonly jobId: number
  /** Aborted when the job is to stop or the catalogue closes; the runner ends between two items by throwing `Cancelled`. */
  readonly signal: AbortSignal
  /** The number of items, null while it is not known. */
  setTotal(total: number | null): void
  /**
   * Counts `n` items (default one) into a state; negative takes them out again, for an item that changes its state.
   * Counts start at nothing whenever the runner starts: a resumed job first counts what was done before, with `resumed`
   * so that it is not taken for speed. Items `pending` are not done.
   */
  count(itemState: string, n?: number, options?: { resumed?: boolean }): void
}

/**
 * Does the work of one kind of job. Must be able to start again with the same options and continue what is not done.
 * One bad item never ends it: an error thrown here fails the job as a whole.
 */
export interface JobRunner {
  readonly kind: JobKind
  run(context: JobContext, options: unknown): Promise<JobResult | null>
}
