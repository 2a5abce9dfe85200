import { existsSync } from 'node:fs'
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

/** What a command answers: a folder, whether a file was there, or nothing. */
type Answer = string | boolean | null

function showInFolder(path: string): boolean {
  const isThere = existsSync(path)
  if (isThere) shell.showItemInFolder(path)
  return isThere
}

/** Electron answers with what went wrong, and with an empty text where nothing did. */
const openPicture = async (path: string): Promise<boolean> => existsSync(path) && (await shell.openPath(path)) === ''

async function carryOut(parts: CommandParts, window: BrowserWindow, command: ShellCommand): Promise<Answer> {
  switch (command.kind) {
    case 'pickFolder':
      return pickFolder(window)
    case 'showInFolder':
      return showInFolder(command.path)
    case 'openPicture':
      return await openPicture(command.path)
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
