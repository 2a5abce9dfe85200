import { BrowserWindow, dialog, ipcMain, shell } from 'electron'
import type { Language } from '../../shared/model/facet.ts'
import { shellChannel, type ShellCommand } from '../../shared/shell.ts'
import { mayAsk, readCommand } from './commands.ts'
import type { Requests } from './requests.ts'
import { showNotice } from './notice.ts'
import type { WorkDisplay } from './work-display.ts'

/** The objects on which the page's commands act. */
export interface CommandParts {
  readonly requests: Requests
  readonly workDisplay: WorkDisplay
  setLanguage(language: Language): void
}

async function pickFolder(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] })
  return canceled ? null : (filePaths[0] ?? null)
}

async function carryOut(parts: CommandParts, window: BrowserWindow, command: ShellCommand): Promise<string | null> {
  switch (command.kind) {
    case 'pickFolder':
      return pickFolder(window)
    case 'showInFolder':
      shell.showItemInFolder(command.path)
      return null
    case 'openPicture':
      await shell.openPath(command.path)
      return null
    case 'work':
      parts.workDisplay.show(window, command.work)
      return null
    case 'notify':
      showNotice(window, command.notice)
      return null
    case 'language':
      parts.setLanguage(command.language)
      return null
    case 'listening':
      parts.requests.listening(window.webContents)
      return null
  }
}

/** Answers the commands that the preload sends for the page. */
export function answerCommands(parts: CommandParts): void {
  ipcMain.handle(shellChannel, async (event, value: unknown) => {
    const command = mayAsk(event) ? readCommand(value) : null
    const window = BrowserWindow.fromWebContents(event.sender)
    if (command === null || window === null) throw new Error('refused')
    return carryOut(parts, window, command)
  })
}
