/** Exit codes, for scripts: done, done with refused items, wrong usage, failed. */
export const exitCode = { done: 0, doneWithRefused: 1, wrongUsage: 2, failed: 3 } as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
