import { app, BrowserWindow, dialog, Menu, protocol, session } from 'electron'
import { sentence } from '../shared/locales/errors.ts'
import { answerCommands } from './electron/answer-commands.ts'
import { startCoreProcess } from './electron/core-process.ts'
import { refusePermissions, refuseRemoteRequests, refuseToLeave } from './electron/hardening.ts'
import { locate } from './electron/locations.ts'
import { menuTemplate } from './electron/menu.ts'
import { appScheme } from './electron/origin.ts'
import { appSchemes, protocolHandler } from './electron/protocol.ts'
import { openWindow } from './electron/window.ts'
import { findInstallation } from './installation.ts'

/** The Electron shell: a window on the page, a pipe to the core, and nothing of the work itself. */
function start(): void {
  const { node, entry, preload, rendererFolder } = locate(app.isPackaged, process.resourcesPath, process.env, process.platform)
  const { version } = findInstallation()

  // SECURITY: every window and frame, whoever opens it, in the sandbox (rule 4).
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged(appSchemes)
  app.on('web-contents-created', (_event, contents) => refuseToLeave(contents))
  const template = menuTemplate(process.platform)
  Menu.setApplicationMenu(template === null ? null : Menu.buildFromTemplate(template))

  const core = startCoreProcess({
    node,
    entry,
    configuration: { shell: 'electron', version },
    onGivenUp: () => {
      const language = app.getLocale().startsWith('en') ? 'en' : 'ca'
      dialog.showErrorBox('Fitxa', sentence(language, 'shell.coreFailed'))
      app.quit()
    }
  })

  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window === undefined) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(preload)
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

  void app.whenReady().then(() => {
    refusePermissions(session.defaultSession)
    refuseRemoteRequests(session.defaultSession)
    protocol.handle(appScheme, protocolHandler({ rendererFolder, pipe: core.pipe }))
    answerCommands()
    openWindow(preload)
  })
}

if (app.requestSingleInstanceLock()) start()
else app.quit()
