import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the place of the data folder depends on. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  readonly home: string
}

/**
 * The folder of settings, logs and the sample catalogue: where each system keeps such things (XDG base directories,
 * AppData, Library), unless `FITXA_DATA` names another one.
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
