/**
 * The keys by which the page proves that the person opened it: one for calls and events, sent as a header, and one for the
 * addresses of pictures and downloads. The desktop shell needs neither, and both are empty there.
 */
export interface SessionKeys {
  readonly call: string
  readonly address: string
}

const storageName = 'fitxa-session'

/**
 * Takes the keys out of the page that a one-time token opened, and out of storage after a reload or in a second tab. Storage belongs to
 * one port of this machine, unlike a cookie, so no other local server sees the keys. The used token is removed from the address
 * bar.
 */
export function takeSessionKeys(page: Document = document, storage: Storage = localStorage): SessionKeys {
  const given = page.querySelector<HTMLMetaElement>('meta[name="session-keys"]')?.content ?? ''
  if (given !== '') {
    storage.setItem(storageName, given)
    history.replaceState(history.state, '', location.pathname + location.hash)
  }
  const [call = '', address = ''] = (storage.getItem(storageName) ?? '').split('.')
  return { call, address }
}

let keys: SessionKeys | null = null

/** The keys of this window. */
export function sessionKeys(): SessionKeys {
  return (keys ??= takeSessionKeys())
}

/** Additional headers of every call of the core. */
export function sessionHeaders(): Record<string, string> {
  const { call } = sessionKeys()
  return call === '' ? {} : { 'Fitxa-Session': call }
}

/** An address of the core with its key, for requests that the browser makes by itself. */
export function withAddressKey(address: string): string {
  const { address: key } = sessionKeys()
  return key === '' ? address : `${address}?key=${key}`
}
