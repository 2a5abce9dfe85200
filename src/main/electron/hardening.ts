import type { Session, WebContents } from 'electron'
import { isOwnAddress } from './origin.ts'

/** SECURITY: the page is granted no permission: Fitxa needs no camera, location, notification or device (rule 5). */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
}

/** SECURITY: a window stays on our own pages, opens no other window and holds no webview (rules 11 to 14). */
export function refuseToLeave(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** SECURITY: no request of the page may leave this machine, whatever the content security policy allows. */
export function refuseRemoteRequests(session: Session): void {
  session.webRequest.onBeforeRequest((details, answer) => {
    const local = isOwnAddress(details.url) || /^(blob|data|devtools):/.test(details.url)
    answer({ cancel: !local })
  })
}
