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
  /** Aborted by the first Ctrl+C: the command stops cleanly. */
  readonly interrupted: AbortSignal
  /** Runs a function with a core of its own, which is closed afterwards. */
  withCore<T>(options: Pick<Partial<CoreConfig>, 'shell' | 'settings'>, use: (core: Core) => Promise<T>): Promise<T>
}

/** A command. `given` holds its arguments and options by name, as parsed and checked by commander. */
export type Action<Given> = (run: Run, given: Given) => Promise<ExitCode>

/** Settings for one command that name the person who decides; the saved ones do not change. */
export function personSettings(name: string | undefined): SettingsPatch {
  return name === undefined ? {} : { person: { name, initials: '' } }
}
