/** How long a process may take to end cleanly after a signal, in milliseconds. */
export const endingPatience = 9000

/**
 * Ends this process. If a thread hangs in a system call (a file on a dead network share), Node would wait for it, so the process is
 * killed. Whatever was acknowledged is on the disk.
 *
 * @param allEnded - whether every thread has ended
 */
export function endProcess(code: number, allEnded: boolean): void {
  if (allEnded) process.exit(code)
  else process.kill(process.pid, 'SIGKILL')
}

/** Kills this process after `endingPatience` unless it has ended by itself. */
export function endProcessInTime(): void {
  setTimeout(() => endProcess(1, false), endingPatience).unref()
}
