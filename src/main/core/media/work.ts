import type { Alone } from './heavy.ts'

/** What work on a file tells and asks while it goes on. */
export interface Work {
  /** The file is open and has this size in bytes: a large one is given more time. */
  opened(size: number): void
  /** The file was read to its end: from now on its contents are to blame for what takes long. */
  read(): void
  readonly alone: Alone
}

/** For work that nobody watches: tests, and the process that is alone anyway. */
export const unwatched: Work = { opened: () => undefined, read: () => undefined, alone: (work) => work() }
