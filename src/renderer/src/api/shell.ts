import type { ShellBridge } from '../../../shared/shell.ts'

declare global {
  interface Window {
    readonly fitxa?: ShellBridge
  }
}

/** What the desktop shell can do for the page; null in the browser shell. */
export function shellBridge(): ShellBridge | null {
  return window.fitxa ?? null
}
