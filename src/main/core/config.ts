import type { Settings } from '../../shared/model/settings.ts'

/** Which shell a core works for; it decides what opening a catalogue sets going and what `app.info` says. */
export type ShellName = 'electron' | 'browser' | 'cli'

/** What a core is told when it starts. */
export interface CoreConfig {
  readonly shell: ShellName
  readonly version: string
  /** The program's own files: vocabulary, models, sample, schemas. */
  readonly resourcesFolder: string
  /** The trainer's files; beside the resources unless given. */
  readonly trainerFolder?: string
  /** Settings, logs, the sample catalogue; where the system keeps such things unless given. */
  readonly dataFolder?: string
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
  /** Settings of this one process, in front of the saved ones and never saved. */
  readonly settings?: Partial<Settings>
}
