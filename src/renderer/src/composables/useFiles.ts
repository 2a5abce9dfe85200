import { shellBridge } from '../api/shell.ts'
import { i18n } from '../locales/i18n.ts'
import { report, tell } from './useMessages.ts'

/** What the desktop can do with a file of this machine. Each says so where the file is gone or nothing opens it. */
export interface DesktopFiles {
  showInFolder(path: string): Promise<void>
  openPicture(path: string): Promise<void>
}

/** Says the problem unless what was asked for was done. */
async function orSay(work: Promise<boolean>, problem: () => string): Promise<void> {
  try {
    if (!(await work)) tell('problem', problem())
  } catch (error) {
    report(error)
  }
}

/** Files in the system's own programs; null in the browser shell, which has no way to them. */
export function useFiles(): DesktopFiles | null {
  const bridge = shellBridge()
  const { t } = i18n.global
  if (bridge === null) return null
  return {
    showInFolder: (path) => orSay(bridge.showInFolder(path), () => t('print.fileGone', { path })),
    openPicture: (path) => orSay(bridge.openPicture(path), () => t('print.pictureNotOpened', { path }))
  }
}
