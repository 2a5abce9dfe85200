/**
 * Runs every step in order, even if an earlier one fails: for closing, where a skipped step would leave a file open or a thread
 * running. Rejects after the last step with the error, or an AggregateError of several.
 */
export async function endAll(steps: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, 'several parts did not end in order')
}

/** Waits for `work`, but no longer than `limit` milliseconds. Returns whether it has ended; rejects as `work` does. */
export async function endsWithin(work: Promise<unknown>, limit: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limit)))
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
