/** How long a process may take to end in good order once the system asks it to, milliseconds. */
export const endingPatience = 9000

/**
 * Ends this process. One in which a thread hangs in a call of the system (a file on a dead network share) cannot exit: Node waits for
 * its threads. Then it is killed; what was acknowledged is on the disk.
 *
 * @param allEnded - whether every thread has ended
 */
export function endProcess(code: number, allEnded: boolean): void {
  if (allEnded) process.exit(code)
  else process.kill(process.pid, 'SIGKILL')
}

/** Kills this process after `endingPatience` unless it has ended by itself, whatever keeps it. */
export function endProcessInTime(): void {
  setTimeout(() => endProcess(1, false), endingPatience).unref()
}
