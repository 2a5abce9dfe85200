import { basename, join, resolve, sep } from 'node:path'
import type { CoreEvent } from '../../../shared/contract.ts'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'
import type { ExportOptions, ValidationReport } from '../../../shared/model/exchange.ts'
import type { ChangesOptions } from '../../../shared/model/changes.ts'
import type { LinkOptions } from '../../../shared/model/inventory.ts'
import type { ImportOptions } from '../../../shared/model/job.ts'
import type { PrintOptions } from '../../../shared/model/print.ts'
import type { TrainingRequest } from '../../../shared/model/training.ts'
import { checkKind } from '../bring-in/read-file.ts'
import { createBringInRunner } from '../bring-in/bring-in.ts'
import { createLearning, type Learning } from '../adaptation/learning.ts'
import { createAnnotations, type Annotations } from '../annotation/annotation.ts'
import type { BulkWork } from '../annotation/bulk.ts'
import { createBackups, type Backups } from '../backups/backups.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { riskOfPlace } from '../catalogue/risky-place.ts'
import type { CoreContext } from './context.ts'
import { checkDestination, checkExport, createExportRunner } from '../exchange/export.ts'
import type { ServedImage } from '../http/handler.ts'
import { sweepPartialFiles } from '../exchange/partial-files.ts'
import { createChanges, isChangesJob, type Changes } from '../changes/changes.ts'
import { createInventory, type Inventory } from '../inventory/inventory.ts'
import { createImports, type Imports } from '../import/import.ts'
import { createImportRunner } from '../import/runner.ts'
import { listBundles } from '../inference/activation.ts'
import { checkRunFiles, isRunPath } from '../inference/run-file/bring-in.ts'
import { writeOpenList } from '../inference/run-file/open-list.ts'
import { createPredictions, type Predictions } from '../inference/predictions.ts'
import { createNumbers, type Numbers } from '../numbers/numbers.ts'
import { createOriginals, type Originals } from '../originals/originals.ts'
import { createPrintRunner, isPrintJob } from '../print/runner.ts'
import { createJobs, type Jobs } from '../jobs/jobs.ts'
import type { JobRunner } from '../jobs/runner.ts'
import { endAll, endsWithin } from '../lib/end-all.ts'
import { logFailure } from '../log/log.ts'
import { createMedia } from '../media/media.ts'
import { sweepParts } from '../media/parts.ts'
import { serveMedia } from '../media/serve.ts'
import type { KeptSize } from '../media/thumbnails.ts'
import { currentAuthor } from './person.ts'
import { resumeOrStart } from './resume-import.ts'
import { createHere } from '../training/here.ts'
import { createSshHost } from '../training/remote/ssh-host.ts'
import { createTraining, type Training } from '../training/training.ts'

/** The open catalogue, with everything whose lifetime is tied to it. */
export interface Workspace {
  readonly catalogue: Catalogue
  readonly jobs: Jobs
  readonly backups: Backups
  readonly annotations: Annotations
  readonly predictions: Predictions
  readonly learning: Learning
  readonly imports: Imports
  readonly inventory: Inventory
  readonly changes: Changes
  readonly numbers: Numbers
  readonly originals: Originals
  readonly training: Training
  /** Folder from which GET /download serves. */
  readonly exportsFolder: string
  summary(): Promise<CatalogueSummary>
  /** A picture of the catalogue; null if it has none of this name. */
  media(sha256: string, size: KeptSize): Promise<ServedImage | null>
  /** Starts an import job, or resumes the same import if it was interrupted. @returns the job's id */
  startImport(options: ImportOptions): Promise<number>
  /** A preview of a file in a folder to import, as a `data:` URL; null if it cannot be shown. */
  preview(folder: string, name: string): Promise<{ image: string | null }>
  /** Starts to join objects with the rows of an inventory. */
  startLink(options: LinkOptions): Promise<number>
  startPrediction(scope: 'missing' | 'all'): Promise<number>
  /** Writes the list of images without suggestions of the active bundle. */
  writeOpenList(file: string, overwrite: boolean): Promise<{ file: string; images: number }>
  startExport(options: ExportOptions): Promise<number>
  /** Starts to embed all pictures, learn from all decisions and renew the suggestions of all open objects. */
  startLearning(): Promise<number>
  /** Starts to bring in the annotations of a file, or the suggestions of run files. */
  startBringIn(file: string): Promise<number>
  /** Starts to write a difference file. */
  startChanges(options: ChangesOptions): Promise<number>
  /** Starts to make a PDF. */
  startPrint(options: PrintOptions): Promise<number>
  startTraining(request: TrainingRequest): Promise<number>
  /** Starts the job that sets up Python for training; null: an environment that Fitxa creates. */
  startSetUp(python: string | null): Promise<number>
  /** Validates what an export would write. */
  checkExport(options: ExportOptions): Promise<ValidationReport>
  /**
   * Cleans up and resumes after an interruption: removes runs without pictures, and unfinished exports and pictures; resumes
   * imports (except under the command line). Call once.
   */
  takeUp(): Promise<void>
  /**
   * Closes jobs (they can be resumed), the run of pictures on screen, threads and then the catalogue. Every step runs even if an
   * earlier one fails. Errors are logged; they do not affect stored data. @returns whether everything has ended; false if a thread
   * hangs in a system call
   */
  close(): Promise<boolean>
}

/** How long closing waits for the media threads, in milliseconds: one that hangs in a system call cannot be ended. */
const threadPatience = 2000

/** Creates the services of a catalogue that was just opened. Nothing runs and no event is sent until `takeUp`. */
export function createWorkspace(context: CoreContext, catalogue: Catalogue): Workspace {
  const { config, resources, settings, vocabulary, inference, log } = context
  const { publish } = context.events
  const place = riskOfPlace(catalogue.folder)
  const media = createMedia({ onDeath: (how) => log.warn({ how }, 'media process ended') })
  const startBulk = (work: BulkWork): Promise<number> => jobs.start('rule', catalogue.name, work)
  const backups = createBackups({ catalogue, publish, log })
  const learning = createLearning({ catalogue, parts: context.learning, vocabulary, publish, log })
  /** The command line learns when it is told to. */
  const learnLater = (): void => {
    if (config.shell !== 'cli') learning.catchUp()
  }
  const publishDecision = (event: CoreEvent): void => {
    publish(event)
    if (event.type === 'objects' && config.shell !== 'cli') learning.decided(event.ids?.length === 1 ? (event.ids[0] ?? null) : null)
  }
  const annotations = createAnnotations({
    catalogue,
    vocabulary,
    publish: publishDecision,
    author: () => currentAuthor(settings),
    startBulk,
    backUp: () => backups.before('rule')
  })
  const numbers = createNumbers({
    catalogue,
    publish,
    author: () => currentAuthor(settings),
    tellUndo: async () => publish({ type: 'undo', undo: await annotations.undoState() }),
    backUp: () => backups.before('renumber'),
    startJob: (job) => jobs.start('renumber', catalogue.name, job)
  })
  const originals = createOriginals({
    catalogue,
    publish,
    log,
    author: () => currentAuthor(settings),
    tellUndo: async () => publish({ type: 'undo', undo: await annotations.undoState() }),
    startJob: (job) => jobs.start('findMoved', basename(job.folder), job)
  })
  const predictions = createPredictions({ catalogue, inference, vocabulary, publish, log })
  const inventory = createInventory({ catalogue, publish, author: () => currentAuthor(settings), changed: () => annotations.tellMany() })
  const changes = createChanges({ catalogue, vocabulary })
  const exportParts = { catalogue, vocabulary, settings: () => settings.get(), schemaFolder: resources.lidoSchema }

  const exporting = createExportRunner(exportParts)
  const printing = createPrintRunner({
    ...exportParts,
    fontFolder: resources.fonts,
    picture: async (sha256, size) => (await serveMedia(catalogue, media, sha256, size))?.file ?? null
  })

  const here = createHere({ environment: context.python })
  const training = createTraining({
    catalogue,
    vocabulary,
    inference,
    settings,
    environment: context.python,
    host: (choice) => (choice.kind === 'here' ? here : createSshHost(choice)),
    picture: async (sha256) => {
      const picture = await serveMedia(catalogue, media, sha256, 'screen')
      return picture?.shown === 'screen' ? picture.file : null
    },
    trainerSource: context.trainer.source,
    modelsFolder: context.modelsFolder,
    onInstalled: async () => publish({ type: 'models', bundles: await listBundles({ inference, settings, publish }) }),
    publish,
    log
  })

  const startPrediction = (scope: 'missing' | 'all'): Promise<number> => jobs.start('predict', catalogue.name, { scope })
  const predict = async (): Promise<void> => void (await startPrediction('missing'))
  const jobs = createJobs({
    catalogue,
    publish,
    runners: [
      createImportRunner({ catalogue, media, publish, log, predict, backUp: () => backups.before('import') }),
      afterwards(predictions.runner, learnLater),
      learning.runner,
      annotations.runner,
      beforehand(inventory.runner, () => backups.before('reimport')),
      beforehand(
        createBringInRunner({
          catalogue,
          vocabulary,
          changed: () => publish({ type: 'objects', ids: null }),
          ended: () => annotations.tellAll()
        }),
        () => backups.before('reimport')
      ),
      numbers.runner,
      originals.runner,
      {
        kind: 'export',
        run: (job, options) => (isPrintJob(options) ? printing : isChangesJob(options) ? changes.runner : exporting).run(job, options)
      },
      ...training.runners
    ],
    log
  })
  const imports = createImports({ catalogue, jobs })

  return {
    catalogue,
    jobs,
    backups,
    annotations,
    predictions,
    learning,
    imports,
    inventory,
    changes,
    numbers,
    originals,
    training,
    exportsFolder: cataloguePaths(catalogue.folder).exports,
    async summary() {
      const { objects } = await annotations.statistics()
      const lost = catalogue.lost()
      const risky = await place
      const risk = risky === null ? {} : { risk: { code: risky.code, data: risky.data } }
      return { path: catalogue.folder, name: catalogue.name, objects, problem: lost && { code: lost.code, data: lost.data }, ...risk }
    },
    async media(sha256, size) {
      const picture = await serveMedia(catalogue, media, sha256, size)
      return picture && { file: picture.file, type: picture.type, lasting: picture.shown === size }
    },
    startImport: (options) => resumeOrStart(catalogue, jobs, imports, options),
    async preview(folder, name) {
      const path = join(resolve(folder), name)
      if (!path.startsWith(`${resolve(folder)}${sep}`)) return { image: null }
      const jpeg = await media.preview(path)
      return { image: jpeg && `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}` }
    },
    startLink: (options) => jobs.start('link', basename(options.file), options),
    startPrediction,
    async startExport(options) {
      await checkDestination(exportParts, options)
      return await jobs.start('export', typeof options.file === 'string' ? basename(options.file) : catalogue.name, options)
    },
    startLearning: () => jobs.start('learn', catalogue.name, {}),
    async startBringIn(file) {
      const path = resolve(file)
      if (await isRunPath(path)) {
        await checkRunFiles(path)
        return await jobs.start('predict', basename(path), { runFile: path })
      }
      await checkKind(resolve(file), vocabulary)
      const at = new Date().toISOString()
      const actionId = await catalogue.write('beginBringIn', { file: basename(file), author: currentAuthor(settings), at })
      return await jobs.start('bringIn', basename(file), { file: resolve(file), actionId })
    },
    async startChanges(options) {
      await checkDestination(exportParts, options)
      return await jobs.start('export', typeof options.file === 'string' ? basename(options.file) : catalogue.name, options)
    },
    writeOpenList: (file, overwrite) => writeOpenList({ catalogue, inference, settings }, file, overwrite),
    async startPrint(options) {
      await checkDestination(exportParts, options)
      return await jobs.start('export', typeof options.file === 'string' ? basename(options.file) : catalogue.name, options)
    },
    startTraining: (request) => training.start(jobs, request),
    startSetUp: (python) => training.setUp(jobs, python),
    checkExport: (options) => checkExport(exportParts, options),
    async takeUp() {
      await catalogue.write('removeEmptyRuns')
      await sweepPartialFiles(catalogue, null).catch((error: unknown) => logFailure(log, error, 'unfinished exports'))
      await sweepParts(catalogue.folder).catch((error: unknown) => logFailure(log, error, 'unfinished pictures'))
      await jobs.takeUp({ resumeImports: config.shell !== 'cli' })
      learnLater()
      // A command ends too soon for a backup in the background; it makes its own before what is risky.
      if (config.shell === 'cli') return
      backups.takeUp()
      originals.takeUp()
    },
    async close() {
      let ended = true
      const steps = [
        () => backups.close(),
        () => jobs.close(),
        () => originals.close(),
        () => learning.close(),
        () => predictions.close(),
        async () => void (ended = await endsWithin(media.close(), threadPatience)),
        () => catalogue.close()
      ]
      await endAll(steps).catch((error: unknown) => logFailure(log, error, 'closing a catalogue'))
      if (!ended) log.error('a media thread hangs')
      return ended
    }
  }
}

/** A runner that does something before each run; the job fails where that fails. */
function beforehand(runner: JobRunner, first: () => Promise<void>): JobRunner {
  return {
    kind: runner.kind,
    async run(context, options) {
      await first()
      return await runner.run(context, options)
    }
  }
}

/** The runner, with something that happens after each of its jobs. */
function afterwards(runner: JobRunner, then: () => void): JobRunner {
  return {
    kind: runner.kind,
    async run(...input) {
      try {
        return await runner.run(...input)
      } finally {
        then()
      }
    }
  }
}
