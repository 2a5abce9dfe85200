import { shellBridge } from '../api/shell.ts'
import { i18n } from '../locales/i18n.ts'
import { report, tell } from './useMessages.ts'

/** File commands of the desktop shell. Each reports if the file is missing or no program opens it. */
export interface DesktopFiles {
  showInFolder(path: string): Promise<void>
  openPicture(path: string): Promise<void>
}

/** Reports the problem, if there was one. */
async function orSay(work: Promise<boolean>, problem: () => string): Promise<void> {
  try {
    if (!(await work)) tell('problem', problem())
  } catch (error) {
    report(error)
  }
}

/** Opens files in the system's programs; null in the browser shell, which cannot. */
export function useFiles(): DesktopFiles | null {
  const bridge = shellBridge()
  const { t } = i18n.global
  if (bridge === null) return null
  return {
    showInFolder: (path) => orSay(bridge.showInFolder(path), () => t('print.fileGone', { path })),
    openPicture: (path) => orSay(bridge.openPicture(path), () => t('print.pictureNotOpened', { path }))
  }
}
