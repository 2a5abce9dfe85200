import type { Alone } from './heavy.ts'

/** Callbacks of work on a file. */
export interface Work {
  /** The file is open and has this size in bytes: a large one is given more time. */
  opened(size: number): void
  /** The file was read to its end: from now on, delays are due to its contents. */
  read(): void
  readonly alone: Alone
}

/** For unsupervised work: tests, and a process that has no siblings. */
export const unwatched: Work = { opened: () => undefined, read: () => undefined, alone: (work) => work() }
