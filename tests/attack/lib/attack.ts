/** Counts of an attack. All but the first two should be zero. */
export interface Findings {
  /** How often the program was attacked. */
  trials: number
  /** What the program said was stored: decisions, files, suggestions. */
  acknowledged: number
  /** Of these, what was missing or different afterwards. */
  lost: number
  /** Programs that did not end within ten seconds of being asked to, or of their last sentence. */
  hangs: number
  /** Programs that crashed, or reported a bug instead of an error. */
  endings: number
  /** Files, rows and processes left behind at the end. */
  leftBehind: number
  /** Notes on the numbers. */
  notes: string[]
}

/** The environment of an attack. */
export interface Ground {
  /** An empty folder of its own; removed when the attack is over. */
  readonly folder: string
  /** A share of the full number of trials, for a short run; at least one. */
  trials(full: number): number
  /** Random numbers from 0 (inclusive) to 1 by the seed of the run, so that a run can be repeated. */
  random(): number
  /** Reports progress on stderr. */
  progress(text: string): void
  readonly findings: Findings
}

/** One kind of attack. A module in `attacks/` exports one; `attacks/index.ts` lists them. */
export interface Attack {
  /** Name on the command line and in the report. */
  readonly name: string
  /** What is done to the program, in a line for the report. */
  readonly about: string
  /** Why it cannot run here (another system, no rights); null if it can. */
  unable?(): string | null
  run(ground: Ground): Promise<void>
}

export function noFindings(): Findings {
  return { trials: 0, acknowledged: 0, lost: 0, hangs: 0, endings: 0, leftBehind: 0, notes: [] }
}

/** Whole numbers from `from` (inclusive) to `to` (exclusive). */
export function between(ground: Ground, from: number, to: number): number {
  return from + Math.floor(ground.random() * (to - from))
}
