import type { CoreConfig } from '../config.ts'
import type { EventHub } from '../events.ts'
import type { Inference } from '../inference/inference.ts'
import type { Log } from '../log/log.ts'
import type { ResourceFolders } from '../resources.ts'
import type { RecentCatalogues } from '../settings/recent.ts'
import type { SettingsStore } from '../settings/settings.ts'
import type { PythonEnvironment } from '../training/environment.ts'
import type { TrainerFolder } from '../training/python.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

/** What every part of the running core can reach: one of each, from the start of the core to its end. */
export interface CoreContext {
  readonly config: CoreConfig
  readonly dataFolder: string
  readonly resources: ResourceFolders
  readonly log: Log
  readonly events: EventHub
  readonly settings: SettingsStore
  readonly recent: RecentCatalogues
  readonly vocabulary: Vocabulary
  readonly inference: Inference
  /** The Python with which this machine trains. */
  readonly python: PythonEnvironment
  readonly trainer: TrainerFolder
  /** The person's own bundles. */
  readonly modelsFolder: string
}
