/** Scheme and host under which the page lives inside Electron. A standard scheme, so that relative addresses and fetch work. */
export const appScheme = 'app'
export const appHost = 'fitxa'
export const appOrigin = `${appScheme}://${appHost}`

/** Whether an address is a page of ours: exactly our scheme and host, without credentials or port. */
export function isOwnAddress(address: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(address)
    return protocol === `${appScheme}:` && host === appHost && username === '' && password === ''
  } catch {
    return false
  }
}

/**
 * What answers a request inside Electron: the core for what it serves, the files of the page for the rest, nothing for another
 * host. Paths that the core serves are the same as in the browser shell.
 */
export function routeOf(address: string): 'core' | 'page' | 'refused' {
  if (!isOwnAddress(address)) return 'refused'
  const { pathname } = new URL(address)
  return /^\/(rpc|media|download)\//.test(pathname) || pathname === '/events' ? 'core' : 'page'
}
