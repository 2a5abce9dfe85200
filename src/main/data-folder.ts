import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isLanguage, type Language } from '../shared/model/facet.ts'

/** Inputs to the location of the data folder. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  readonly home: string
}

/**
 * The folder of settings, logs and the sample catalogue: in the system's usual location (XDG base directories, AppData, Library),
 * unless `FITXA_DATA` names another folder.
 */
export function dataFolder(
  { platform, env, home }: Surroundings = { platform: process.platform, env: process.env, home: homedir() }
): string {
  const chosen = env['FITXA_DATA']
  if (chosen) return chosen
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Fitxa')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Fitxa')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'fitxa')
}

/** The language that a person chose for the window; null if nothing has been saved yet. Needs no running core. */
export async function savedLanguage(folder: string): Promise<Language | null> {
  try {
    const saved: unknown = JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))
    const { interfaceLanguage } = saved as { interfaceLanguage?: unknown }
    return isLanguage(interfaceLanguage) ? interfaceLanguage : null
  } catch {
    // Missing or unreadable: the core reports it when it loads the settings.
    return null
  }
}
