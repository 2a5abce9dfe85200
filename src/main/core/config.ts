import type { Settings } from '../../shared/model/settings.ts'

/** The shell of a core; it decides what starts when a catalogue is opened, and what `app.info` returns. */
export type ShellName = 'electron' | 'browser' | 'cli'

/** Start options of a core. */
export interface CoreConfig {
  readonly shell: ShellName
  readonly version: string
  /** The program's own files: vocabulary, models, sample, schemas. */
  readonly resourcesFolder: string
  /** The trainer's files; beside the resources unless given. */
  readonly trainerFolder?: string
  /** Folder of settings, logs and the sample catalogue; the system's usual location by default. */
  readonly dataFolder?: string
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
  /** Settings of this process, which override the saved ones and are never saved. */
  readonly settings?: Partial<Settings>
}
