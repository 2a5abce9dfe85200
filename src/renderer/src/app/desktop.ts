import { computed, watch } from 'vue'
import type { Router } from 'vue-router'
import type { Job } from '../../../shared/model/job.ts'
import type { MenuCommand, ShellBridge } from '../../../shared/shell.ts'
import { shellBridge } from '../api/shell.ts'
import { useCatalogue } from '../composables/useCatalogue.ts'
import { listen } from '../composables/useEvents.ts'
import { isActive, useJobs } from '../composables/useJobs.ts'
import { errorSentence } from '../composables/useMessages.ts'
import { useOverlays } from '../composables/useOverlays.ts'
import { useSettings } from '../composables/useSettings.ts'
import { useUndo } from '../composables/useUndo.ts'
import { useManual } from '../features/manual/manual.ts'
import { i18n } from '../locales/i18n.ts'
import { openPaths } from './opening.ts'

/** Overall progress of the running jobs, from 0 to 1; null if one of them does not know its progress. */
export function progressOf(jobs: readonly Job[]): number | null {
  let done = 0
  let total = 0
  for (const job of jobs) {
    if (job.total === null || job.total === 0) return null
    done += job.done
    total += job.total
  }
  return total === 0 ? null : Math.min(1, done / total)
}

/** The notification for a job that has ended by itself; null for one that a person stopped or that is still running. */
export function endOf(job: Job): string | null {
  const { t } = i18n.global
  const about = { kind: t(`frame.job.${job.kind}`), title: job.title }
  if (job.state === 'done') return t('frame.jobEnded', about)
  if (job.state !== 'failed') return null
  return t('frame.jobFailed', { ...about, reason: job.error === null ? '' : errorSentence(job.error.code, job.error.data) }).trim()
}

/** The commands of the application menu. */
function menuActions(router: Router): Record<MenuCommand, () => unknown> {
  const overlays = useOverlays()
  const { openAbout } = useManual()
  const { undo, redo } = useUndo()
  const { switchTermLanguage, switchInterfaceLanguage } = useSettings()
  const go = (name: string, query: Record<string, string> = {}) => router.push({ name, query })
  return {
    home: () => go('home'),
    newCatalogue: () => go('home', { make: 'catalogue' }),
    openCatalogue: () => go('home', { make: 'open' }),
    import: () => go('import'),
    sheet: () => go('sheet'),
    export: () => go('export'),
    models: () => go('models'),
    settings: () => overlays.open('settings'),
    backups: () => (useCatalogue().isOpen.value ? overlays.open('backups') : go('home')),
    history: () => go('history'),
    undo,
    redo,
    termLanguage: switchTermLanguage,
    interfaceLanguage: switchInterfaceLanguage,
    manual: () => openAbout(router.currentRoute.value.name),
    keys: () => overlays.open('keys'),
    about: () => overlays.open('about')
  }
}

function followJobs(bridge: ShellBridge): void {
  const { active } = useJobs()
  const work = computed(() => (active.value.length === 0 ? null : { progress: progressOf(active.value) }))
  watch(work, (now) => bridge.reportWork(now), { immediate: true })
  const atWork = new Set<number>()
  listen('job', ({ job }) => {
    if (isActive(job)) return void atWork.add(job.id)
    const text = endOf(job)
    // A job that ended before it was seen running is not reported.
    if (atWork.delete(job.id) && text !== null) bridge.notify({ title: 'Fitxa', text: text.slice(0, 500) })
  })
}

/** Keeps the desktop shell informed of what it shows outside the page, and handles its commands. Does nothing in a browser. */
export function startDesktop(router: Router): void {
  const bridge = shellBridge()
  if (bridge === null) return
  const { settings } = useSettings()
  watch(
    () => settings.value.interfaceLanguage,
    (language) => bridge.setLanguage(language),
    { immediate: true }
  )
  followJobs(bridge)
  const actions = menuActions(router)
  void router
    .isReady()
    .then(() =>
      bridge.onRequest((request) => void (request.kind === 'open' ? openPaths(router, request.paths) : actions[request.command]()))
    )
}
