import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The parts of a request that decide whether it is allowed. */
export interface RequestFacts {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
}

/** Why a request is refused; each reason is an error code. */
export type Refusal = 'access.host' | 'access.origin' | 'access.crossSite'

/**
 * Whether a request can come from our own page: its host is this machine and our port (against DNS rebinding), and neither its
 * origin nor the browser's fetch metadata names another page (against request forgery).
 */
export function refusalOf(facts: RequestFacts, port: number): Refusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (facts.host === undefined || !hosts.includes(facts.host)) return 'access.host'
  if (facts.origin !== undefined && facts.origin !== `http://${facts.host}`) return 'access.origin'
  if (facts.fetchSite !== undefined && facts.fetchSite !== 'same-origin' && facts.fetchSite !== 'none') return 'access.crossSite'
  return null
}

/** Compares two secrets in constant time, whatever their lengths. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** Keys that are each valid once, for a short time. */
export interface OneTimeTokens {
  issue(): string
  redeem(token: string): boolean
}

/** @param lifetime milliseconds for which a token is valid */
export function createOneTimeTokens(lifetime: number, now: () => number = Date.now): OneTimeTokens {
  let open: { token: string; until: number }[] = []
  return {
    issue() {
      const token = newSecret()
      open = [...open.filter(({ until }) => until > now()), { token, until: now() + lifetime }]
      return token
    },
    redeem(token) {
      const found = open.filter((one) => one.until > now() && sameSecret(one.token, token))
      open = open.filter((one) => !found.includes(one))
      return found.length > 0
    }
  }
}

/** The header that carries the session's key with every call of the page. */
export const sessionHeader = 'fitxa-session'

/**
 * The session of this start of the program. A client needs two secrets, a cookie and a key.
 *
 * SECURITY: a browser sends a cookie of 127.0.0.1 to every port of 127.0.0.1 (RFC 6265, 8.5), so any other server of this machine
 * may learn it. The keys are known to the page alone: they come once, inside the page that a one-time token opens, and the page
 * keeps them in its storage, which browsers keep separate for each port.
 */
export interface Session {
  /** The value of the Set-Cookie header. */
  readonly cookie: string
  /** What the page is given: the key of calls and the key of addresses, separated by a dot. */
  readonly keys: string
  /** Whether a Cookie header carries the session's cookie: enough for the files of the page, which hold no secret. */
  knows(cookieHeader: string | undefined): boolean
  /**
   * Whether a request for `path` may reach the core. Calls and events carry the key of calls in a header. Pictures and downloads
   * are asked for by the browser itself, which sets no header: they carry the key of addresses in their query. That key opens
   * nothing else, since an address can be copied.
   */
  opens(path: string, query: string, header: string | string[] | undefined): boolean
}

/** @param port is part of the cookie's name: cookies are shared between the ports of a host, sessions are not */
export function createSession(port: number): Session {
  const name = `fitxa-${port}`
  const [cookie, callKey, addressKey] = [newSecret(), newSecret(), newSecret()]
  return {
    cookie: `${name}=${cookie}; Path=/; HttpOnly; SameSite=Strict`,
    keys: `${callKey}.${addressKey}`,
    knows(cookieHeader = '') {
      return cookieHeader
        .split(';')
        .map((pair) => pair.trim())
        .some((pair) => pair.startsWith(`${name}=`) && sameSecret(pair.slice(name.length + 1), cookie))
    },
    opens(path, query, header) {
      if (/^\/(media|download)\//.test(path)) return sameSecret(new URLSearchParams(query).get('key') ?? '', addressKey)
      return typeof header === 'string' && sameSecret(header, callKey)
    }
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
