/** How a command ended, for scripts: all done, done but for some items, called wrongly, or not done. */
export const exitCode = { done: 0, doneWithRefused: 1, wrongUsage: 2, failed: 3 } as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
