import { takeCatalogue, useCatalogue } from '../composables/useCatalogue.ts'
import { connect } from '../composables/useConnection.ts'
import { loadDevice, takeDevice } from '../composables/useDevice.ts'
import { listen } from '../composables/useEvents.ts'
import { loadJobs, takeJob } from '../composables/useJobs.ts'
import { loadLearning, takeLearning } from '../composables/useLearning.ts'
import { errorSentence, report, tell } from '../composables/useMessages.ts'
import { takeSettings } from '../composables/useSettings.ts'
import { loadUndo, takeUndo } from '../composables/useUndo.ts'
import { useWorkingSet } from '../composables/useWorkingSet.ts'
import { api } from '../api/client.ts'
import { goWhereLeft, keepLeftAt } from './left-at.ts'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'

/** The catalogue on screen; opening another one clears the page's caches. */
let shownPath: string | null = null

async function followCatalogue(catalogue: CatalogueSummary | null): Promise<void> {
  takeCatalogue(catalogue)
  const path = catalogue?.path ?? null
  if (path === shownPath) return
  shownPath = path
  if (catalogue?.risk !== undefined) tell('problem', errorSentence(catalogue.risk.code, catalogue.risk.data), 'risk')
  useWorkingSet().reset()
  await readCatalogue(path === null ? async () => undefined : () => goWhereLeft(useWorkingSet(), path))
}

async function readCatalogue(readObjects: () => Promise<void>): Promise<void> {
  const open = shownPath !== null
  await Promise.all([loadJobs(open), loadUndo(open), loadLearning(open), readObjects()])
}

/** Reads everything once, when the page starts. */
async function load(): Promise<void> {
  const [settings, catalogue] = await Promise.all([api.settings.get(), api.catalogue.current()])
  takeSettings(settings)
  await Promise.all([followCatalogue(catalogue), loadDevice()])
}

/**
 * Refreshes the page after the event stream was interrupted, because events were missed. A restarted core has no open catalogue, so
 * the person's catalogue is opened again.
 */
async function takeUpAgain(): Promise<void> {
  const before = shownPath
  if (before !== null && (await api.catalogue.current()) === null) await api.catalogue.open({ path: before })
  await load()
  if (before === null || shownPath !== before) return
  useWorkingSet().changed(null)
  await readCatalogue(() => useWorkingSet().refresh())
}

/** Connects the page's state to the core: follows its events, and reads the rest once. */
export async function startSession(): Promise<void> {
  keepLeftAt(useWorkingSet(), () => shownPath)
  let loaded = false
  let greeted = false
  listen('hello', () => {
    // The first hello only confirms the connection, unless the first read failed.
    if (greeted || !loaded) void takeUpAgain().catch(report)
    greeted = true
  })
  listen('settings', ({ settings }) => takeSettings(settings))
  listen('catalogue', ({ catalogue }) => void followCatalogue(catalogue).catch(report))
  listen('job', ({ job }) => takeJob(job))
  listen('undo', ({ undo }) => takeUndo(undo))
  listen('backup', ({ problem }) => {
    if (problem !== null) tell('problem', errorSentence(problem.code, problem.data), 'backup')
  })
  listen('device', ({ report: device }) => takeDevice(device))
  listen('learning', ({ state }) => takeLearning(state))
  listen('objects', ({ ids }) => useWorkingSet().changed(ids))
  loaded = await load().then(
    () => true,
    (error: unknown) => (report(error), false)
  )
  connect()
}

/** Whether a screen that shows a catalogue may be entered now. */
export const hasCatalogue = (): boolean => useCatalogue().isOpen.value
