import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { shellChannel, type ShellBridge, type ShellCommand } from '../shared/shell.ts'

const ask = (command: ShellCommand): Promise<unknown> => ipcRenderer.invoke(shellChannel, command)

const bridge: ShellBridge = {
  pickFolder: async () => {
    const folder = await ask({ kind: 'pickFolder' })
    return typeof folder === 'string' ? folder : null
  },
  pathOfFile: (file) => webUtils.getPathForFile(file),
  showInFolder: (path) => void ask({ kind: 'showInFolder', path }),
  versions: { electron: process.versions['electron'] ?? '', chrome: process.versions['chrome'] ?? '' }
}

// SECURITY: the page is given these three functions and the versions, and never ipcRenderer itself.
contextBridge.exposeInMainWorld('fitxa', bridge)
