import type { LearningParts } from '../adaptation/learning.ts'
import type { CoreConfig } from '../config.ts'
import type { EventHub } from '../events.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Inference } from '../inference/inference.ts'
import type { Log } from '../log/log.ts'
import type { ResourceFolders } from '../resources.ts'
import type { RecentCatalogues } from '../settings/recent.ts'
import type { SettingsStore } from '../settings/settings.ts'
import type { PythonEnvironment } from '../training/environment.ts'
import type { TrainerFolder } from '../training/python.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

/** The services shared by all parts of the running core, for as long as it runs. */
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
  readonly gpu: Gpu
  /** What suggestions learn with; null where the picture encoder was not fetched. */
  readonly learning: LearningParts | null
  /** The Python that trains on this machine. */
  readonly python: PythonEnvironment
  readonly trainer: TrainerFolder
  /** The person's own bundles. */
  readonly modelsFolder: string
}
