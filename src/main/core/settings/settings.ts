import { join } from 'node:path'
import { z } from 'zod'
import { defaultSettings, settingsSchema, type Settings } from '../../../shared/model/settings.ts'
import type { Log } from '../log/log.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'

/** A person's settings, in memory and in `settings.json`. */
export interface SettingsStore {
  get(): Settings
  /** Changes some settings and writes them; what `get` says changes only once they are on the disk. */
  set(patch: Partial<Settings>): Promise<Settings>
}

/** Settings that an older Fitxa did not know get their default; an unknown or invalid file gives the defaults. */
const stored = z
  .record(z.string(), z.unknown())
  .transform((values) => ({ ...defaultSettings, ...values }))
  .pipe(settingsSchema)

/** Loads the settings kept in `folder`. */
export async function loadSettings(folder: string, log?: Pick<Log, 'warn'>): Promise<SettingsStore> {
  const file = join(folder, 'settings.json')
  let settings = await readJsonFile<Settings>(file, stored, defaultSettings, log)
  let writing: Promise<unknown> = Promise.resolve()
  return {
    get: () => settings,
    set(patch) {
      // One write after the other, each on top of what the one before left.
      const written = writing.then(async () => {
        const next = settingsSchema.parse({ ...settings, ...patch })
        await writeJsonFile(file, next)
        settings = next
        return next
      })
      writing = written.catch(() => undefined)
      return written
    }
  }
}

/** The name under which a person's decisions are stored: the full name, else the initials, else `fallback`. */
export function authorName(settings: Settings, fallback: string): string {
  return settings.person.name.trim() || settings.person.initials.trim() || fallback
}
