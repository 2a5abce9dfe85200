import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a request says about itself that decides whether it is let in. */
export interface RequestFacts {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
}

/** Why a request is turned away; each is a code of the error tables. */
export type Refusal = 'access.host' | 'access.origin' | 'access.crossSite'

/**
 * Whether a request may come from our own page at all: it names this machine and our port (against DNS rebinding), and
 * neither its origin nor the browser's own word says that another page made it (against forged requests).
 */
export function refusalOf(facts: RequestFacts, port: number): Refusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (facts.host === undefined || !hosts.includes(facts.host)) return 'access.host'
  if (facts.origin !== undefined && facts.origin !== `http://${facts.host}`) return 'access.origin'
  if (facts.fetchSite !== undefined && facts.fetchSite !== 'same-origin' && facts.fetchSite !== 'none') return 'access.crossSite'
  return null
}

/** Compares two secrets in a time that tells nothing about where they differ, whatever their lengths. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** Keys that each open the door once, within a short time. */
export interface OneTimeTokens {
  issue(): string
  redeem(token: string): boolean
}

/** @param lifetime milliseconds for which a token is good */
export function createOneTimeTokens(lifetime: number, now: () => number = Date.now): OneTimeTokens {
  let open: { token: string; until: number }[] = []
  return {
    issue() {
      const token = randomBytes(32).toString('base64url')
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

/** The session of this start of the program: one secret, carried by a cookie of our own port. */
export interface Session {
  /** The value of the Set-Cookie header that hands the session out. */
  readonly cookie: string
  /** Whether a Cookie header carries the session. */
  admits(cookieHeader: string | undefined): boolean
}

/** @param port is part of the cookie's name: cookies are shared between the ports of a host, sessions are not */
export function createSession(port: number): Session {
  const name = `fitxa-${port}`
  const secret = randomBytes(32).toString('base64url')
  return {
    cookie: `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
    admits(cookieHeader = '') {
      return cookieHeader
        .split(';')
        .map((pair) => pair.trim())
        .some((pair) => pair.startsWith(`${name}=`) && sameSecret(pair.slice(name.length + 1), secret))
    }
  }
}
