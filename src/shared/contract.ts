/**
 * All methods and events of the core. Every shell, the page and the tests derive their types from here. Methods travel as POST
 * /rpc/<area>/<method>, events as a stream from GET /events, pictures by GET /media.
 */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { backupListSchema, backupProblemSchema, backupSchema } from './model/backup.ts'
import { errorDataSchema } from './model/error-data.ts'
import {
  catalogueViewSchema,
  catalogueSummarySchema,
  folderListingSchema,
  openingSchema,
  recentCatalogueSchema,
  statisticsSchema
} from './model/catalogue.ts'
import { gpuStateSchema } from './model/gpu.ts'
import { exportOptionsSchema, validationReportSchema } from './model/exchange.ts'
import { actionDetailsSchema, historyEntrySchema, historyQuerySchema, runEntrySchema } from './model/history.ts'
import { learningStateSchema, whySchema, witnessSchema } from './model/learning.ts'
import { doublesSchema, numberingSchema, numberTrialSchema } from './model/numbering.ts'
import { printOptionsSchema } from './model/print.ts'
import { fieldChangeSchema, fieldSchema, newFieldSchema } from './model/field.ts'
import { inventoryFileSchema, linkedInventorySchema, linkOptionsSchema, linkPlanSchema } from './model/inventory.ts'
import { changeProfileSchema, changesOptionsSchema, changesSummarySchema, listedProfileSchema, sinceSchema } from './model/changes.ts'
import { facetSchema, languageSchema } from './model/facet-schema.ts'
import {
  importFilesSchema,
  importItemSchema,
  importItemStateSchema,
  importOptionsSchema,
  jobSchema,
  patternTrialSchema
} from './model/job.ts'
import { bundleReferenceSchema, bundleSummarySchema, deviceReportSchema, modelCardSchema } from './model/model.ts'
import {
  acceptRuleSchema,
  actionSummarySchema,
  cardSchema,
  decisionSchema,
  objectFilterSchema,
  objectOrderSchema,
  recordSchema,
  undoStateSchema
} from './model/record.ts'
import { settingsPatchSchema, settingsSchema } from './model/settings.ts'
import { termDetailSchema, termHitSchema, termKeySchema, treeColumnsSchema } from './model/term.ts'
import {
  comparisonSchema,
  remoteCheckSchema,
  sshTargetSchema,
  trainingEnvironmentSchema,
  trainingRequestSchema,
  trainingSetSchema,
  trainingStateSchema
} from './model/training.ts'

/** A procedure of the contract. Expected errors are returned as the error APP with code and data. */
const method = oc.errors({ APP: { status: 422, data: z.object({ code: z.string(), data: errorDataSchema }) } })

const objectId = z.object({ objectId: z.number().int() })
const actionId = z.object({ actionId: z.number().int() })
const jobId = z.object({ jobId: z.number().int() })
const nothing = z.object({})

const reversalSchema = z.object({
  action: actionSummarySchema.nullable(),
  kept: z.number().int(),
  undo: undoStateSchema,
  jobId: z.number().int().nullable()
})

export const contract = {
  app: {
    info: method.output(
      z.object({
        version: z.string(),
        shell: z.enum(['electron', 'browser', 'cli']),
        platform: z.string(),
        vocabulary: z.object({
          terms: z.number().int(),
          concepts: z.number().int(),
          attribution: z.string(),
          catalanAttribution: z.string()
        }),
        samplePath: z.string().nullable(),
        home: z.string()
      })
    ),
    device: method.output(deviceReportSchema),
    checkDevice: method.output(deviceReportSchema)
  },
  settings: {
    get: method.output(settingsSchema),
    set: method.input(settingsPatchSchema).output(settingsSchema)
  },
  folders: {
    /** Lists a folder of this machine; null = the home folder. */
    list: method.input(z.object({ path: z.string().nullable() })).output(folderListingSchema),
    /** Makes a folder and lists it. */
    make: method.input(z.object({ parent: z.string().min(1), name: z.string().trim().min(1).max(120) })).output(folderListingSchema),
    /** Interprets paths that a person dropped on the window or started the program with. */
    opening: method.input(z.object({ paths: z.array(z.string().min(1)).min(1).max(20_000) })).output(openingSchema)
  },
  catalogue: {
    recent: method.output(z.array(recentCatalogueSchema)),
    forget: method.input(z.object({ path: z.string() })).output(z.array(recentCatalogueSchema)),
    current: method.output(catalogueSummarySchema.nullable()),
    /** Makes `<folder>/<name>.fitxa` and opens it. */
    create: method.input(z.object({ folder: z.string().min(1), name: z.string().trim().min(1).max(120) })).output(catalogueSummarySchema),
    open: method.input(z.object({ path: z.string().min(1) })).output(catalogueSummarySchema),
    /** Makes (or opens) a catalogue with the sample collection and starts its import. */
    openSample: method.output(catalogueSummarySchema),
    close: method.output(nothing),
    /** Thumbnails of the first images of a recent catalogue, open or not, as `data:` addresses. */
    pictures: method.input(z.object({ path: z.string() })).output(z.array(z.string())),
    /** Where the person left a recent catalogue; null if it was never left. */
    view: method.input(z.object({ path: z.string() })).output(catalogueViewSchema.nullable()),
    keepView: method.input(z.object({ path: z.string(), view: catalogueViewSchema })).output(nothing),
    /** Copies the open catalogue into `folder` and opens the copy; the remedy if `problem` says that its file is lost. */
    saveElsewhere: method.input(z.object({ folder: z.string().min(1) })).output(catalogueSummarySchema),
    statistics: method.output(statisticsSchema)
  },
  backups: {
    /** The backups of a catalogue, also of one that cannot be opened; null = the open one. */
    list: method.input(z.object({ path: z.string().min(1).nullable() })).output(backupListSchema),
    /** Makes a backup of the open catalogue now. */
    make: method.output(backupSchema),
    /** Chooses a folder on another disk for the backups of the open catalogue; null = in its own folder. */
    setFolder: method.input(z.object({ folder: z.string().min(1).nullable() })).output(backupListSchema),
    /** Restores a backup to the catalogue's folder `path` and opens it. The database that was there is kept among the backups. */
    restore: method.input(z.object({ file: z.string().min(1), path: z.string().min(1) })).output(catalogueSummarySchema)
  },
  imports: {
    /** Shows the objects that an import would make or add to, without importing anything. */
    tryPattern: method
      .input(
        z.object({ folder: z.string().min(1), files: importFilesSchema, pattern: z.string(), acrossFolders: z.boolean().default(false) })
      )
      .output(patternTrialSchema),
    /** A small picture of a file that is not imported yet, as a `data:` address; null if it cannot be shown. */
    preview: method
      .input(z.object({ folder: z.string().min(1), name: z.string().min(1) }))
      .output(z.object({ image: z.string().nullable() })),
    start: method.input(importOptionsSchema).output(jobId),
    /** A page of the report in path order, from after `after`. */
    report: method
      .input(
        z.object({
          jobId: z.number().int(),
          state: importItemStateSchema.nullable(),
          after: z.string().nullable(),
          limit: z.number().int().min(1).max(500)
        })
      )
      .output(z.object({ items: z.array(importItemSchema), counts: z.record(importItemStateSchema, z.number().int()) })),
    /**
     * Writes the whole report as a CSV file with a byte order mark, sentences in the language given. Without `file` it goes into the
     * catalogue's folder of exports, from where it can be downloaded by its name; a `file` that is given is replaced.
     */
    saveReport: method
      .input(
        z.object({
          jobId: z.number().int(),
          problemsOnly: z.boolean(),
          language: languageSchema,
          file: z.string().min(1).nullable().default(null)
        })
      )
      .output(z.object({ file: z.string(), name: z.string() })),
    /** Tries the refused files of an import again, as a new job. */
    retry: method.input(jobId).output(jobId)
  },
  jobs: {
    list: method.output(z.array(jobSchema)),
    stop: method.input(jobId).output(jobSchema),
    resume: method.input(jobId).output(jobSchema)
  },
  objects: {
    /** All ids that pass the filter, in order: the working set of grid, filmstrip and J/K. */
    ids: method
      .input(z.object({ filter: objectFilterSchema, order: objectOrderSchema.default('number') }))
      .output(z.object({ ids: z.array(z.number().int()), statusCounts: z.record(z.enum(['new', 'inWork', 'closed']), z.number().int()) })),
    cards: method.input(z.object({ ids: z.array(z.number().int()).max(500) })).output(z.array(cardSchema)),
    record: method.input(objectId).output(recordSchema)
  },
  inventory: {
    /** The sheets and columns of a CSV or XLSX file; `sheet` null = the first. */
    examine: method.input(z.object({ file: z.string().min(1), sheet: z.string().nullable().default(null) })).output(inventoryFileSchema),
    /** The CSV and XLSX files of a folder, by name. */
    filesIn: method.input(z.object({ folder: z.string().min(1) })).output(z.object({ files: z.array(z.string()) })),
    /** What linking would do, with the pairs to decide, without doing it. */
    plan: method.input(linkOptionsSchema).output(linkPlanSchema),
    /** Starts a job of the kind `link`; its result holds `actionId`, `linked`, `added`, `removed`, `changed` and `doubts`. */
    link: method.input(linkOptionsSchema).output(jobId),
    linked: method.output(linkedInventorySchema.nullable())
  },
  fields: {
    list: method.output(z.array(fieldSchema)),
    add: method.input(newFieldSchema).output(z.array(fieldSchema)),
    change: method.input(fieldChangeSchema).output(z.array(fieldSchema)),
    /** Sets the order of the fields, in the record and in exports. */
    order: method.input(z.object({ ids: z.array(z.number().int()).max(1000) })).output(z.array(fieldSchema))
  },
  gpu: {
    /** The graphics card, and what setting it up would fetch. */
    state: method.output(gpuStateSchema),
    /**
     * Sets up the libraries of NVIDIA's graphics card on Linux, from the folder `from` or (null) fetched first; answers with the devices as
     * they were and as they are.
     */
    install: method
      .input(z.object({ from: z.string().min(1).nullable() }))
      .output(z.object({ before: deviceReportSchema, after: deviceReportSchema })),
    remove: method.output(deviceReportSchema),
    /** Fetches what `install` needs into a folder, for a machine without network. */
    pack: method.input(z.object({ folder: z.string().min(1) })).output(nothing)
  },
  predictions: {
    /** Suggests terms for images without suggestions of the active bundle (`missing`), or for all again. */
    start: method.input(z.object({ scope: z.enum(['missing', 'all']) })).output(jobId),
    /** Writes the list of images without suggestions of the active bundle as CSV, for the trainer's `predict`. */
    openList: method
      .input(z.object({ file: z.string().min(1), overwrite: z.boolean().default(false) }))
      .output(z.object({ file: z.string(), images: z.number().int() })),
    /** The picture on screen goes first: suggests for this object at once if it has none. */
    prioritise: method.input(objectId).output(nothing)
  },
  learning: {
    state: method.output(learningStateSchema),
    /** The same after learning from every decision there is: takes seconds where there are thousands. */
    curve: method.output(learningStateSchema),
    /** Switches learning on or off in the open catalogue; off, every object shows what the model alone says. */
    set: method.input(z.object({ on: z.boolean() })).output(learningStateSchema),
    /** Forgets what was learned so far: only decisions from now on count. */
    reset: method.output(learningStateSchema),
    /** Starts a job of the kind `learn`: learns from all decisions and renews the suggestions of all open objects. */
    start: method.output(jobId),
    /** The decided objects that speak most for a suggestion, the strongest first; none where it comes from the model alone. */
    why: method.input(whySchema).output(z.array(witnessSchema))
  },
  models: {
    list: method.output(z.array(bundleSummarySchema)),
    /** The card in this language, or in English where the bundle has it in English only. */
    card: method.input(z.object({ id: z.string(), version: z.string(), language: languageSchema.default('en') })).output(modelCardSchema),
    /** Uses this bundle from now on; suggestions there are keep their run. Tests it first and refuses one that has a problem; a caller that goes away ends the test. */
    activate: method.input(bundleReferenceSchema).output(z.array(bundleSummarySchema)),
    /** Goes back to the bundle that was active before. */
    back: method.output(z.array(bundleSummarySchema))
  },
  training: {
    /** What training would read of the open catalogue. */
    set: method.output(trainingSetSchema),
    /** The Python of this machine. The first answer takes seconds; it is kept as long as nothing of that Python changes. */
    environment: method.output(trainingEnvironmentSchema),
    /** Makes an environment and installs what the trainer needs, or (`python`: a program's path) checks and takes one that is there. */
    setUp: method.input(z.object({ python: z.string().min(1).max(1000).nullable() })).output(jobId),
    /** Starts a job of the kind `train`; jobs.stop and jobs.resume work as for any job. */
    start: method.input(trainingRequestSchema).output(jobId),
    state: method.input(jobId).output(trainingStateSchema),
    /** Checks another machine without changing anything on it. */
    checkRemote: method
      .input(
        z.object({
          target: sshTargetSchema,
          python: z.string().min(1).max(1000).nullable().default(null),
          folder: z.string().min(1).max(1000).optional()
        })
      )
      .output(z.array(remoteCheckSchema)),
    compare: method.input(bundleReferenceSchema).output(comparisonSchema)
  },
  decisions: {
    /** Stores a decision at once and returns the object as it is now. */
    apply: method.input(decisionSchema).output(z.object({ record: recordSchema, undo: undoStateSchema })),
    /** Starts a job of the kind `rule`; its result holds `actionId`, `changes` and `objects`. */
    acceptRule: method.input(acceptRuleSchema).output(jobId),
    /** Starts a job of the kind `bringIn`: the annotations of a file become decisions, which close the facets that they fill. Of run files of the trainer it is a job of the kind `predict`. */
    bringIn: method.input(z.object({ file: z.string().min(1) })).output(jobId)
  },
  numbers: {
    /** Shows which numbers a pattern of file names would give to the objects of a scope, without changing anything. */
    try: method.input(numberingSchema).output(numberTrialSchema),
    /** Starts the job that gives them, as one action. */
    start: method.input(numberingSchema.extend({ doubles: doublesSchema.default('refuse') })).output(jobId)
  },
  originals: {
    /**
     * Starts the job of the kind `findMoved`, which looks below a folder for the originals that are missing, by name, size and checksum,
     * and stores where they lie now, as one action; its result holds `files`, `missing`, `found` and `actionId`. `dryRun` only looks.
     */
    findMoved: method.input(z.object({ folder: z.string().min(1), dryRun: z.boolean().default(false) })).output(jobId)
  },
  history: {
    state: method.output(undoStateSchema),
    /**
     * Undoes the person's last action; `action` names its object and facet. `kept` counts changes left alone because somebody
     * changed them since. `jobId`: a large action is reversed by this job, whose result holds `kept`.
     */
    undo: method.output(reversalSchema),
    redo: method.output(reversalSchema),
    /** Takes back any action, whoever's it is; what somebody changed since is left alone and counted. */
    undoAction: method.input(actionId).output(reversalSchema),
    list: method.input(historyQuerySchema).output(z.array(historyEntrySchema)),
    /** Everybody who has done something in the catalogue. */
    authors: method.output(z.array(z.string())),
    /** What an action changed, object by object, from after the object `after`; `conflictsOnly`: where an undo would leave something alone. */
    details: method
      .input(
        actionId.extend({
          after: z.number().int().default(0),
          limit: z.number().int().min(1).max(200),
          conflictsOnly: z.boolean().default(false)
        })
      )
      .output(actionDetailsSchema),
    /** The runs of models, the newest first. */
    runs: method.output(z.array(runEntrySchema)),
    /** Starts the job that removes the suggestions of a run, and nothing that people decided. One undo brings them back. */
    removeRun: method.input(z.object({ runId: z.number().int() })).output(jobId)
  },
  vocabulary: {
    trees: method.output(treeColumnsSchema),
    search: method
      .input(
        z.object({
          query: z.string(),
          facet: facetSchema.nullable(),
          language: languageSchema,
          limit: z.number().int().min(1).max(100).default(40)
        })
      )
      .output(z.array(termHitSchema)),
    term: method.input(z.object({ key: termKeySchema })).output(termDetailSchema)
  },
  changes: {
    /** The layouts of difference files: those that come with the program, then the museum's own. */
    profiles: method.output(z.array(listedProfileSchema)),
    saveProfile: method.input(changeProfileSchema).output(z.array(listedProfileSchema)),
    removeProfile: method.input(z.object({ name: z.string() })).output(z.array(listedProfileSchema)),
    /** How much has changed since a moment, or (null) since the last export of the whole catalogue. */
    summary: method.input(z.object({ since: sinceSchema })).output(changesSummarySchema),
    /** Writes a difference file, as a job of the kind `export`; its result holds `objects`, `changes` and `since`. */
    start: method.input(changesOptionsSchema).output(jobId)
  },
  exports: {
    /** Validates what would be written, without writing it. */
    check: method.input(exportOptionsSchema).output(validationReportSchema),
    start: method.input(exportOptionsSchema).output(jobId),
    /** Makes a PDF to print, as a job of the kind `export`. */
    print: method.input(printOptionsSchema).output(jobId),
    validate: method.input(z.object({ file: z.string().min(1) })).output(validationReportSchema)
  }
}

/** Events of the core, as lines of GET /events (server-sent events, `data:` holds one of these as JSON). */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), coreId: z.string() }),
  z.object({ type: z.literal('job'), job: jobSchema }),
  /** Objects whose record or card changed; null = too many to name, or the set itself changed. */
  z.object({ type: z.literal('objects'), ids: z.array(z.number().int()).nullable() }),
  z.object({ type: z.literal('device'), report: deviceReportSchema }),
  z.object({ type: z.literal('catalogue'), catalogue: catalogueSummarySchema.nullable() }),
  /** A backup of the open catalogue was made, or not: `problem` says why, or why it lies elsewhere. */
  z.object({ type: z.literal('backup'), problem: backupProblemSchema }),
  z.object({ type: z.literal('settings'), settings: settingsSchema }),
  z.object({ type: z.literal('undo'), undo: undoStateSchema }),
  /** Something was learned, or learning was switched. */
  z.object({ type: z.literal('learning'), state: learningStateSchema }),
  /** How many of the bytes for the graphics card are fetched or unpacked. */
  z.object({ type: z.literal('gpu'), done: z.number(), total: z.number() }),
  /** The bundles or which one is active changed. */
  z.object({ type: z.literal('models'), bundles: z.array(bundleSummarySchema) }),
  /** A bundle is being tested before its activation; takes seconds, up to a limit. */
  z.object({ type: z.literal('bundleCheck'), bundle: bundleReferenceSchema, state: z.enum(['begun', 'ended']) }),
  /** Progress of a training, at most twice a second. */
  z.object({ type: z.literal('training'), training: trainingStateSchema })
])
export type CoreEvent = z.infer<typeof eventSchema>
