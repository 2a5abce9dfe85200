import { powerSaveBlocker, type BrowserWindow } from 'electron'
import type { Work } from '../../shared/shell.ts'

/** Tells the system about running jobs: progress on the task bar, and no sleep. */
export interface WorkDisplay {
  show(window: BrowserWindow, work: Work | null): void
}

export function createWorkDisplay(): WorkDisplay {
  let blocker: number | null = null
  return {
    show: (window, work) => {
      // Below 0 removes the bar, above 1 shows an indeterminate one (Electron, setProgressBar).
      window.setProgressBar(work === null ? -1 : (work.progress ?? 2))
      if (work !== null) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker)
        blocker = null
      }
    }
  }
}
