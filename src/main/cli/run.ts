import type { Core, CoreConfig } from '../core/core.ts'
import type { Language } from '../../shared/model/facet.ts'
import type { SettingsPatch } from '../../shared/model/settings.ts'
import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words.ts'

/** What a command needs to run. */
export interface Run {
  readonly words: Words
  readonly language: Language
  readonly terminal: Terminal
  /** Aborted by the first Ctrl+C: the command stops what it does in good order. */
  readonly interrupted: AbortSignal
  /** Does something with a core of its own, which ends with it. */
  withCore<T>(options: Pick<Partial<CoreConfig>, 'shell' | 'settings'>, use: (core: Core) => Promise<T>): Promise<T>
}

/** A command as the program calls it. `given` holds its arguments and options by name, as commander read and checked them. */
export type Action<Given> = (run: Run, given: Given) => Promise<ExitCode>

/** Settings of one command that names the person who decides; the saved ones stay as they are. */
export function personSettings(name: string | undefined): SettingsPatch {
  return name === undefined ? {} : { person: { name, initials: '' } }
}
