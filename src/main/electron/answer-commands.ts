import { BrowserWindow, dialog, ipcMain, shell, type IpcMainInvokeEvent } from 'electron'
import { shellChannel } from '../../shared/shell.ts'
import { mayAsk, readCommand } from './commands.ts'

async function pickFolder(event: IpcMainInvokeEvent): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(event.sender)
  const options = { properties: ['openDirectory' as const, 'createDirectory' as const] }
  const { canceled, filePaths } = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options))
  return canceled ? null : (filePaths[0] ?? null)
}

/** Answers the commands of the preload: the folder dialog, and showing a file in the system's file manager. */
export function answerCommands(): void {
  ipcMain.handle(shellChannel, async (event, value: unknown) => {
    const command = mayAsk(event) ? readCommand(value) : null
    if (command === null) throw new Error('refused')
    if (command.kind === 'pickFolder') return pickFolder(event)
    shell.showItemInFolder(command.path)
    return null
  })
}
