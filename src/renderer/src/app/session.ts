import { takeCatalogue, useCatalogue } from '../composables/useCatalogue.ts'
import { connect } from '../composables/useConnection.ts'
import { loadDevice, takeDevice } from '../composables/useDevice.ts'
import { listen } from '../composables/useEvents.ts'
import { loadJobs, takeJob } from '../composables/useJobs.ts'
import { report } from '../composables/useMessages.ts'
import { takeSettings } from '../composables/useSettings.ts'
import { loadUndo, takeUndo } from '../composables/useUndo.ts'
import { useWorkingSet } from '../composables/useWorkingSet.ts'
import { api } from '../api/client.ts'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'

/** The catalogue whose objects the page shows; another one empties the page's caches. */
let shownPath: string | null = null

async function followCatalogue(catalogue: CatalogueSummary | null): Promise<void> {
  takeCatalogue(catalogue)
  const path = catalogue?.path ?? null
  if (path === shownPath) return
  shownPath = path
  useWorkingSet().reset()
  await Promise.all([loadJobs(path !== null), loadUndo(path !== null), path === null ? null : useWorkingSet().refresh()])
}

/** Reads everything anew: at the start, and whenever the core was started again. */
async function loadAll(): Promise<void> {
  const [settings, catalogue] = await Promise.all([api.settings.get(), api.catalogue.current()])
  takeSettings(settings)
  shownPath = null
  await Promise.all([followCatalogue(catalogue), loadDevice()])
}

/** Connects the page's state to the core: reads it once and then follows its events. */
export async function startSession(): Promise<void> {
  let coreId: string | null = null
  listen('hello', (event) => {
    // The first hello only says that the core is there; what it knows is being read already.
    if (coreId !== null) void loadAll().catch(report)
    coreId = event.coreId
  })
  listen('settings', ({ settings }) => takeSettings(settings))
  listen('catalogue', ({ catalogue }) => void followCatalogue(catalogue).catch(report))
  listen('job', ({ job }) => takeJob(job))
  listen('undo', ({ undo }) => takeUndo(undo))
  listen('device', ({ report: device }) => takeDevice(device))
  listen('objects', ({ ids }) => useWorkingSet().changed(ids))
  await loadAll().catch(report)
  connect()
}

/** Whether a screen that shows a catalogue may be entered now. */
export const hasCatalogue = (): boolean => useCatalogue().isOpen.value
