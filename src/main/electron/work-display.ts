import { powerSaveBlocker, type BrowserWindow } from 'electron'
import type { Work } from '../../shared/shell.ts'

/** What the system is told of jobs at work: progress on the task bar, and not to put the computer to sleep. */
export interface WorkDisplay {
  show(window: BrowserWindow, work: Work | null): void
}

export function createWorkDisplay(): WorkDisplay {
  let blocker: number | null = null
  return {
    show: (window, work) => {
      // Below 0 takes the bar away, above 1 shows one without an end (Electron, setProgressBar).
      window.setProgressBar(work === null ? -1 : (work.progress ?? 2))
      if (work !== null) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker)
        blocker = null
      }
    }
  }
}
