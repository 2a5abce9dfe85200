/**
 * A recording stand-in for the `electron` module, with as much of it as the shell uses. It lets the built entry run under
 * plain Node, so that the shell's wiring is tested where no Electron can be installed. What it cannot tell: what Electron itself does.
 */
import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'

type Handler = (request: Request) => Promise<Response>
type Listener = (event: { url: string; isMainFrame: boolean; preventDefault(): void }) => void

/** Web contents that only record who listens to what. */
class Contents extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler
  }

  /** Whether the page may navigate to an address, as the listeners of an event decide. */
  mayGo(event: string, url: string, isMainFrame = true): boolean {
    let allowed = true
    for (const listener of this.listeners(event) as Listener[]) listener({ url, isMainFrame, preventDefault: () => (allowed = false) })
    return allowed
  }
}

class App extends EventEmitter {
  readonly isPackaged = false
  quitDone = false
  sandboxed = false
  readonly whenReady = (): Promise<void> => Promise.resolve()
  readonly requestSingleInstanceLock = (): boolean => true
  readonly getPath = (): string => tmpdir()
  readonly getLocale = (): string => 'ca'

  enableSandbox(): void {
    this.sandboxed = true
  }

  quit(): void {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (!prevented) this.quitDone = true
  }
}

export const app = new App()

export const recorded = {
  schemes: [] as { scheme: string; privileges: Record<string, boolean> }[],
  handlers: new Map<string, Handler>(),
  windows: [] as BrowserWindow[],
  menu: undefined as unknown,
  permissionRequest: null as null | ((contents: unknown, permission: string, answer: (granted: boolean) => void) => void),
  permissionCheck: null as null | (() => boolean),
  devicePermission: null as null | (() => boolean),
  beforeRequest: null as null | ((details: { url: string }, answer: (reply: { cancel: boolean }) => void) => void),
  commands: new Map<string, (event: unknown, value: unknown) => Promise<unknown>>(),
  errorBoxes: [] as string[],
  shown: [] as string[]
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new Contents()
  readonly options: Record<string, unknown>
  url = ''

  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    recorded.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return recorded.windows
  }

  static fromWebContents(): null {
    return null
  }

  loadURL(url: string): Promise<void> {
    this.url = url
    return Promise.resolve()
  }

  show(): void {
    this.emit('show')
  }

  isMinimized(): boolean {
    return false
  }

  focus(): void {
    this.emit('focus')
  }

  getNormalBounds(): Record<string, number> {
    return { x: 0, y: 0, width: 1366, height: 768 }
  }
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: typeof recorded.schemes): void => void recorded.schemes.push(...schemes),
  handle: (scheme: string, handler: Handler): void => void recorded.handlers.set(scheme, handler)
}

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: typeof recorded.permissionRequest): void => void (recorded.permissionRequest = handler),
    setPermissionCheckHandler: (handler: typeof recorded.permissionCheck): void => void (recorded.permissionCheck = handler),
    setDevicePermissionHandler: (handler: typeof recorded.devicePermission): void => void (recorded.devicePermission = handler),
    setDisplayMediaRequestHandler: (): void => undefined,
    webRequest: { onBeforeRequest: (handler: typeof recorded.beforeRequest): void => void (recorded.beforeRequest = handler) }
  }
}

export const Menu = {
  buildFromTemplate: (template: unknown): unknown => template,
  setApplicationMenu: (menu: unknown): void => void (recorded.menu = menu)
}

export const dialog = {
  showErrorBox: (_title: string, text: string): void => void recorded.errorBoxes.push(text),
  showOpenDialog: (): Promise<{ canceled: boolean; filePaths: string[] }> => Promise.resolve({ canceled: false, filePaths: ['/picked'] })
}

export const ipcMain = {
  handle: (channel: string, handler: (event: unknown, value: unknown) => Promise<unknown>): void =>
    void recorded.commands.set(channel, handler)
}

export const shell = { showItemInFolder: (path: string): void => void recorded.shown.push(path) }

export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }
