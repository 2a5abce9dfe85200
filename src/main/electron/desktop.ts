import { app, BrowserWindow, dialog, Menu, protocol, session } from 'electron'
import { sentence } from '../../shared/locales/errors.ts'
import type { Language } from '../../shared/model/facet.ts'
import { savedLanguage } from '../data-folder.ts'
import { findInstallation } from '../installation.ts'
import { answerCommands } from './answer-commands.ts'
import { offerContextMenu } from './context-menu.ts'
import { startCoreProcess } from './core-process.ts'
import { refusePermissions, refuseRemoteRequests, refuseToLeave } from './hardening.ts'
import { handedOver } from './launch.ts'
import { locate } from './locations.ts'
import { menuTemplate } from './menu.ts'
import { bringToFront } from './notice.ts'
import { appScheme } from './origin.ts'
import { appSchemes, protocolHandler } from './protocol.ts'
import { createRequests } from './requests.ts'
import { checkSpelling } from './spelling.ts'
import { openWindow, zoomWindow } from './window.ts'
import { createWorkDisplay } from './work-display.ts'

/** Options of a start of the program. */
export interface DesktopStart {
  readonly dataFolder: string
  /** Files and folders to open. */
  readonly paths: readonly string[]
}

/** Starts the Electron shell: a window on the page, a pipe to the core, and the desktop integration. */
export function startDesktop({ dataFolder, paths }: DesktopStart): void {
  const { node, entry, preload, rendererFolder } = locate(app.isPackaged, process.resourcesPath, process.env, process.platform)
  const { version } = findInstallation()
  const requests = createRequests()
  let language: Language = app.getLocale().startsWith('en') ? 'en' : 'ca'

  // SECURITY: every window and frame, whoever opens it, in the sandbox (rule 4).
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged(appSchemes)
  app.on('web-contents-created', (_event, contents) => {
    refuseToLeave(contents)
    offerContextMenu(contents, () => language)
  })

  const core = startCoreProcess({
    node,
    entry,
    configuration: { shell: 'electron', version },
    onGivenUp: () => {
      dialog.showErrorBox('Fitxa', sentence(language, 'shell.coreFailed'))
      app.quit()
    }
  })

  const frontWindow = (): BrowserWindow | null => BrowserWindow.getAllWindows()[0] ?? null
  const openPaths = (given: readonly string[]): void => {
    if (given.length > 0) requests.send({ kind: 'open', paths: given })
  }

  function setLanguage(next: Language): void {
    language = next
    const template = menuTemplate(process.platform, language, {
      command: (command) => requests.send({ kind: 'menu', command }),
      zoom: (step) => {
        const window = frontWindow()
        if (window !== null) zoomWindow(window, step)
      },
      quit: () => app.quit()
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
    // Spelling is not checked without a dictionary, or with one that cannot be copied.
    checkSpelling(session.defaultSession, app.getPath('userData'), language).catch(() =>
      session.defaultSession.setSpellCheckerEnabled(false)
    )
  }

  openPaths(paths)
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openPaths([path])
  })
  app.on('second-instance', (_event, _argv, _folder, data) => {
    openPaths(handedOver(data))
    const window = frontWindow()
    if (window !== null) bringToFront(window)
  })
  app.on('activate', () => {
    if (frontWindow() === null) openWindow(preload)
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  let ended = false
  app.on('before-quit', (event) => {
    if (ended) return
    event.preventDefault()
    void core.end().finally(() => {
      ended = true
      app.quit()
    })
  })

  void app.whenReady().then(async () => {
    refusePermissions(session.defaultSession)
    refuseRemoteRequests(session.defaultSession)
    protocol.handle(appScheme, protocolHandler({ rendererFolder, pipe: core.pipe }))
    answerCommands({ requests, workDisplay: createWorkDisplay(), setLanguage })
    setLanguage((await savedLanguage(dataFolder)) ?? language)
    openWindow(preload)
  })
}
