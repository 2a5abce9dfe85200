import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Locations of the program's own files, whether it runs from source, from the build or installed. */
export interface Installation {
  readonly version: string
  readonly resourcesFolder: string
  readonly rendererFolder: string
  /** The trainer: its `src` and its lists of packages. */
  readonly trainerFolder: string
}

/**
 * Finds the program's own folder, upwards from this module; `FITXA_RESOURCES` and `FITXA_TRAINER` name other folders for its
 * parts.
 */
export function findInstallation(): Installation {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the folder of the program holds no package.json')
    folder = parent
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return {
    version,
    resourcesFolder: process.env['FITXA_RESOURCES'] ?? join(folder, 'resources'),
    rendererFolder: join(folder, 'out', 'renderer'),
    trainerFolder: process.env['FITXA_TRAINER'] ?? join(folder, 'trainer')
  }
}
