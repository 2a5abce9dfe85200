import type { Language } from './model/facet.ts'

/** What only a desktop shell can do for the page; absent (`window.fitxa === undefined`) in the browser shell. */
export interface ShellBridge {
  /** The system's folder dialog; null = cancelled. */
  pickFolder(): Promise<string | null>
  /** Full path of a file or folder that was dropped on the page. */
  pathOfFile(file: File): string
  /** Shows a file in the system's file manager. @returns whether the file is there */
  showInFolder(path: string): Promise<boolean>
  /** Opens a picture in the system's own viewer; anything but a picture is refused. @returns whether a program opened it */
  openPicture(path: string): Promise<boolean>
  /** Says what jobs are at work, for the task bar and against sleep; null = none. */
  reportWork(work: Work | null): void
  /** Tells that a job has ended, unless the window is in front. */
  notify(notice: Notice): void
  /** The language of the interface, for menus and dialogs. */
  setLanguage(language: Language): void
  /** Hears what a person asks outside the page: by the menu, by an argument, by a second start. Called once, when the page can answer. */
  onRequest(listener: (request: ShellRequest) => void): void
  readonly versions: { readonly electron: string; readonly chrome: string }
}

/** Jobs at work: how far they are, from 0 to 1, or null if that is not known. */
export interface Work {
  readonly progress: number | null
}

/** A notification of the system. */
export interface Notice {
  readonly title: string
  readonly text: string
}

/** Commands of the application menu that the page carries out. */
export const menuCommands = [
  'home',
  'newCatalogue',
  'openCatalogue',
  'import',
  'sheet',
  'export',
  'models',
  'settings',
  'backups',
  'history',
  'undo',
  'redo',
  'termLanguage',
  'interfaceLanguage',
  'manual',
  'keys',
  'about'
] as const
export type MenuCommand = (typeof menuCommands)[number]

/** What the shell asks of the page. `paths` are absolute. */
export type ShellRequest =
  { readonly kind: 'open'; readonly paths: readonly string[] } | { readonly kind: 'menu'; readonly command: MenuCommand }

/** The channel from the page to the Electron shell, and what may be said on it. */
export const shellChannel = 'fitxa:shell'
export type ShellCommand =
  | { readonly kind: 'pickFolder' }
  | { readonly kind: 'showInFolder' | 'openPicture'; readonly path: string }
  | { readonly kind: 'work'; readonly work: Work | null }
  | { readonly kind: 'notify'; readonly notice: Notice }
  | { readonly kind: 'language'; readonly language: Language }
  | { readonly kind: 'listening' }

/** The channel from the Electron shell to the page; it carries a `ShellRequest`. */
export const requestChannel = 'fitxa:request'
