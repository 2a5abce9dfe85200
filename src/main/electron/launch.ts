import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How the program was started. `defaultApp`: by Electron's own program, whose first argument is the folder of the app. */
export interface Launch {
  readonly argv: readonly string[]
  readonly defaultApp: boolean
  readonly folder: string
}

/** Full paths of the files and folders on the command line, without Chromium's switches. */
export function launchPaths({ argv, defaultApp, folder }: Launch): string[] {
  return argv
    .slice(defaultApp ? 2 : 1)
    .filter((argument) => argument !== '' && !argument.startsWith('-'))
    .map((argument) => (argument.startsWith('file:') ? fileURLToPath(argument) : resolve(folder, argument)))
}

/** Reads the paths that another instance passes on; empty if the data is not a list of paths. */
export function handedOver(data: unknown): string[] {
  const { paths } = (typeof data === 'object' && data !== null ? data : {}) as { paths?: unknown }
  return Array.isArray(paths) ? paths.filter((path): path is string => typeof path === 'string') : []
}
