/** What only a desktop shell can do for the page; absent (`window.fitxa === undefined`) in the browser shell. */
export interface ShellBridge {
  /** The system's folder dialog; null = cancelled. */
  pickFolder(): Promise<string | null>
  /** Full path of a file or folder that was dropped on the page. */
  pathOfFile(file: File): string
  /** Shows a file in the system's file manager. */
  showInFolder(path: string): void
  readonly versions: { readonly electron: string; readonly chrome: string }
}

/** The one channel between page and Electron shell, and what may be said on it. */
export const shellChannel = 'fitxa:shell'
export type ShellCommand = { kind: 'pickFolder' } | { kind: 'showInFolder'; path: string }
