/** The shells in which the specs run: a project of playwright.config.ts each. */
export type Shell = 'browser' | 'electron'

/** Size of the page on a laptop of 1366 × 768 with the title bar and task bar of its system. */
export const laptop = { width: 1366, height: 688 }
