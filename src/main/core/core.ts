import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CoreEvent } from '../../shared/contract.ts'
import type { CoreConfig } from './config.ts'
import type { CoreContext } from './app/context.ts'
import { dataFolder } from '../data-folder.ts'
import { findLearningParts } from './adaptation/learning-parts.ts'
import { createDesk } from './app/desk.ts'
import { createEventHub } from './events.ts'
import { createEventStreams } from './http/event-stream.ts'
import { createHttpHandler } from './http/handler.ts'
import { createGpu, gpuLibrariesOf } from './gpu/gpu.ts'
import { createInference } from './inference/inference.ts'
import { closeLog, createLog, logBug } from './log/log.ts'
import { resourceFolders } from './resources.ts'
import type { CallContext } from './rpc/context.ts'
import { createExplain, type Explain } from './rpc/failures.ts'
import { createClient, createRpc, type CoreClient } from './rpc/handler.ts'
import { settingsInForce } from './app/settings-in-force.ts'
import { loadRecentCatalogues } from './settings/recent.ts'
import { loadSettings } from './settings/settings.ts'
import { endAll, endsWithin } from './lib/end-all.ts'
import { spareMemory } from './lib/spare-memory.ts'
import { createPythonEnvironment, environmentFolder, findBase } from './training/environment.ts'
import { trainerFolder } from './training/python.ts'
import { loadVocabulary } from './vocabulary/vocabulary.ts'

export type { CoreConfig } from './config.ts'

/** The running core, as the shells and the command line see it. */
export interface Core {
  /** Answers a request for /rpc, /events, /media or /download. The shell decides who may send requests. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Every method of the contract. Throws as over HTTP: the error APP with code and data. */
  readonly call: CoreClient
  /** Listens to every event until the returned function is called. */
  subscribe(listener: (event: CoreEvent) => void): () => void
  /** The error to report for anything thrown; logs unexpected errors. */
  readonly explain: Explain
  /**
   * Closes everything; running jobs can be resumed. Takes a few seconds at most and never rejects: errors are logged. A second call
   * does nothing. @returns whether everything has ended; if not, a thread hangs that only the end of the process can end
   */
  close(): Promise<boolean>
}

/** How long `close` may take, milliseconds. */
const patience = 8000

/** Starts a core. One process may hold several, each with a catalogue of its own. */
export async function createCore(config: CoreConfig): Promise<Core> {
  spareMemory()
  const folder = config.dataFolder ?? dataFolder()
  const resources = resourceFolders(config.resourcesFolder)
  const log = createLog({ folder: join(folder, 'logs'), level: config.logLevel })
  const events = createEventHub((error) => logBug(log, error, 'event'))
  const [saved, recent, vocabulary, learning] = await Promise.all([
    loadSettings(folder, log),
    loadRecentCatalogues(folder, log),
    loadVocabulary(resources.vocabulary),
    findLearningParts(resources.encoder)
  ])
  const modelsFolder = join(folder, 'models')
  const settings = settingsInForce(saved, config.settings)
  const inference = createInference({
    bundleFolders: [resources.models, modelsFolder],
    settings,
    vocabulary,
    log,
    publish: events.publish,
    libraries: gpuLibrariesOf(folder)
  })
  const trainer = trainerFolder(config.trainerFolder ?? join(config.resourcesFolder, '..', 'trainer'))
  const python = createPythonEnvironment({
    folder: environmentFolder(folder),
    trainer,
    settings,
    checkout: join(trainer.folder, '..', '.venv')
  })
  const gpu = createGpu({
    dataFolder: folder,
    inference,
    python: (signal) => findBase(trainer, signal),
    tell: (done, total) => events.publish({ type: 'gpu', done, total })
  })
  const own = { settings, recent, vocabulary, inference, gpu, learning, python, trainer, modelsFolder }
  const context: CoreContext = { config, dataFolder: folder, resources, log, events, ...own }
  const desk = createDesk(context)
  const calls: CallContext = { ...context, desk }
  const explain = createExplain((error, what) => logBug(log, error, what))
  const streams = createEventStreams(events, randomUUID())
  const handle = createHttpHandler({
    rpc: createRpc(calls, explain),
    streams,
    media: async (sha256, size) => (await desk.current()?.media(sha256, size)) ?? null,
    exportsFolder: () => desk.current()?.exportsFolder ?? null,
    explain
  })
  log.info({ version: config.version, shell: config.shell }, 'core started')
  let closing: Promise<boolean> | null = null
  const close = async (): Promise<boolean> => {
    let ended = false
    const end = endAll([
      () => python.close(),
      async () => void (ended = await desk.close()),
      () => inference.close(),
      () => streams.close(),
      () => log.info('core ended'),
      () => closeLog(log)
    ]).catch((error: unknown) => logBug(log, error, 'end of the core'))
    return (await endsWithin(end, patience)) && ended
  }
  return {
    handle,
    call: createClient(calls, explain),
    subscribe: (listener) => events.subscribe(listener),
    explain,
    close: () => (closing ??= close())
  }
}
