import { basename } from 'node:path'
import { createAnnotations, type Annotations } from './annotation/annotation.ts'
import { currentAuthor } from './person.ts'
import type { CatalogueSummary, Statistics } from '../../shared/model/catalogue.ts'
import type { ExportOptions, ValidationReport } from '../../shared/model/exchange.ts'
import type { ImportOptions } from '../../shared/model/job.ts'
import type { ImageSize } from './http/handler.ts'
import type { Content } from './http/send.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import { checkExport, createExportRunner } from './exchange/export.ts'
import { createPredictions, type Predictions } from './inference/predictions.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import type { CoreContext } from './context.ts'

/** The open catalogue, with everything that lives and ends with it. */
export interface Workspace {
  readonly catalogue: Catalogue
  readonly jobs: Jobs
  readonly annotations: Annotations
  readonly predictions: Predictions
  summary(): Promise<CatalogueSummary>
  statistics(): Promise<Statistics>
  media(sha256: string, size: ImageSize): Promise<(Content & { readonly type: string }) | null>
  /** Starts a job that suggests terms. @returns the job's id */
  startPrediction(scope: 'missing' | 'all'): Promise<number>
  /** Starts a job that writes a file. @returns the job's id */
  startExport(options: ExportOptions): Promise<number>
  /** Validates what an export would write. */
  checkExport(options: ExportOptions): Promise<ValidationReport>
  startImport(options: ImportOptions): Promise<number>
  /** Ends in order: jobs (they can be resumed), the run of pictures on screen, then the catalogue with its threads. */
  close(): Promise<void>
}

export async function createWorkspace(context: CoreContext, catalogue: Catalogue): Promise<Workspace> {
  const { publish } = context.events
  const { config, resources, settings, vocabulary, inference, log } = context
  const annotations = createAnnotations({ catalogue, vocabulary, publish, author: () => currentAuthor(settings) })
  const predictions = createPredictions({ catalogue, inference, vocabulary, publish, log })
  const exportParts = { catalogue, vocabulary, settings: () => settings.get(), schemaFolder: resources.lidoSchema }
  const jobs = await createJobs({
    catalogue,
    publish,
    runners: [predictions.runner, createExportRunner(exportParts)],
    log,
    resumeImports: config.shell !== 'cli'
  })
  return {
    catalogue,
    jobs,
    annotations,
    predictions,
    startExport: (options) => jobs.start('export', typeof options.file === 'string' ? basename(options.file) : catalogue.name, options),
    checkExport: (options) => checkExport(exportParts, options),
    startPrediction: (scope) => jobs.start('predict', catalogue.name, { scope }),
    async summary() {
      const { objects } = await annotations.statistics()
      return { path: catalogue.folder, name: catalogue.name, objects }
    },
    statistics: () => annotations.statistics(),
    media: () => Promise.resolve(null),
    startImport: () => Promise.resolve(0),
    async close() {
      await jobs.close()
      await predictions.close()
      await catalogue.close()
    }
  }
}
