import { join } from 'node:path'
import type { z } from 'zod'
import { defaultSettings, settingsSchema, type Settings } from '../../../shared/model/settings.ts'
import type { Log } from '../log/log.ts'
import { readJsonFile, sweepUnfinished, writeJsonFile } from '../lib/json-file.ts'

/** A person's settings, in memory and in `settings.json`. */
export interface SettingsStore {
  get(): Settings
  /** Changes some settings and writes them; `get` returns them only once they are on the disk. */
  set(patch: Partial<Settings>): Promise<Settings>
}

/**
 * Stored settings: only those that were ever set, so that defaults can change (the command line's language follows the system
 * until one is chosen).
 */
const storedSchema = settingsSchema.partial()

/** Loads the settings kept in `folder`; an unknown or invalid file gives the defaults. */
export async function loadSettings(folder: string, log?: Pick<Log, 'warn'>): Promise<SettingsStore> {
  const file = join(folder, 'settings.json')
  await sweepUnfinished(file)
  let kept: Partial<Settings> = given(await readJsonFile<z.infer<typeof storedSchema>>(file, storedSchema, {}, log))
  let writing: Promise<unknown> = Promise.resolve()
  const all = (): Settings => ({ ...defaultSettings, ...kept })
  return {
    get: all,
    set(patch) {
      // One write after the other, each based on the previous one.
      const written = writing.then(async () => {
        const next = given(storedSchema.parse({ ...kept, ...patch }))
        await writeJsonFile(file, next)
        kept = next
        return all()
      })
      writing = written.catch(() => undefined)
      return written
    }
  }
}

/** Without keys whose value is undefined. */
function given(settings: z.infer<typeof storedSchema>): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

/** The name under which a person's decisions are stored: the full name, else the initials, else `fallback`. */
export function authorName(settings: Settings, fallback: string): string {
  return settings.person.name.trim() || settings.person.initials.trim() || fallback
}
