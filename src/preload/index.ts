import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { requestChannel, shellChannel, type ShellBridge, type ShellCommand, type ShellRequest } from '../shared/shell.ts'

const ask = (command: ShellCommand): Promise<unknown> => ipcRenderer.invoke(shellChannel, command)
const tell = (command: ShellCommand): void => void ask(command)

const bridge: ShellBridge = {
  pickFolder: async () => {
    const folder = await ask({ kind: 'pickFolder' })
    return typeof folder === 'string' ? folder : null
  },
  pathOfFile: (file) => webUtils.getPathForFile(file),
  showInFolder: async (path) => (await ask({ kind: 'showInFolder', path })) === true,
  openPicture: async (path) => (await ask({ kind: 'openPicture', path })) === true,
  reportWork: (work) => tell({ kind: 'work', work }),
  notify: (notice) => tell({ kind: 'notify', notice }),
  setLanguage: (language) => tell({ kind: 'language', language }),
  onRequest: (listener) => {
    ipcRenderer.on(requestChannel, (_event, request: ShellRequest) => listener(request))
    tell({ kind: 'listening' })
  },
  versions: { electron: process.versions['electron'] ?? '', chrome: process.versions['chrome'] ?? '' }
}

// SECURITY: the page is given these functions and never ipcRenderer itself.
contextBridge.exposeInMainWorld('fitxa', bridge)
