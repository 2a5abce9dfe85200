import { AppError } from '../../../../shared/errors.ts'
import type { ErrorCode } from '../../../../shared/locales/error-tables.ts'
import type { Address } from './address.ts'

/**
 * What ssh says on stderr when it cannot connect or loses the connection, and the code of our sentence for it; the first
 * that fits counts. The texts are those of OpenSSH 7 to 10, which are not translated.
 */
const sayings: readonly [RegExp, ErrorCode][] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'remote.hostKeyChanged'],
  [/Host key verification failed|No .* host key is known for/, 'remote.hostKeyUnknown'],
  [/Bad configuration option|bad configuration options?|Bad owner or permissions on|Can't open user config file/i, 'remote.config'],
  [/Could not resolve hostname|Name or service not known|nodename nor servname/i, 'remote.hostNotFound'],
  [/Connection refused/, 'remote.refused'],
  [/No route to host|Network is (?:unreachable|down)|Host is down/, 'remote.unreachable'],
  [/Permission denied \(|Too many authentication failures|No supported authentication methods/, 'remote.denied'],
  [/Timeout, server .* not responding|Broken pipe|client_loop|packet_write_wait|Connection to .* closed/, 'remote.lost'],
  [/Connection timed out|Operation timed out|timed out|Connection attempt .* failed/i, 'remote.timedOut'],
  [/kex_exchange_identification|banner exchange|Connection (?:reset|closed)/, 'remote.closed']
]

/** Failures that may be temporary: caused by the connection, not by the person. */
const passing = new Set<ErrorCode>([
  'remote.hostNotFound',
  'remote.refused',
  'remote.unreachable',
  'remote.timedOut',
  'remote.closed',
  'remote.lost',
  'remote.silent'
])

/** Whether a retry may help after this error. */
export function mayPass(error: unknown): boolean {
  return error instanceof AppError && passing.has(error.code)
}

/** The end of an ssh client. */
export interface ClientEnd {
  readonly code: number | null
  readonly signal: string | null
  /** The last part of what it wrote to stderr. */
  readonly stderr: string
  /** Whether the far end of Fitxa had answered before. */
  readonly answered: boolean
}

/** The error to show when the ssh client has ended by itself. */
export function failureOf(end: ClientEnd, address: Address): AppError {
  const host = address.text
  const detail = lastLine(end.stderr)
  if (end.answered) return new AppError('remote.lost', { host, detail })
  // 255 is how ssh says that the error is its own; anything else is the end of what ran on the other machine.
  if (end.code !== 255 && end.signal === null) return new AppError('remote.shell', { host, detail })
  const code = sayings.find(([saying]) => saying.test(end.stderr))?.[1] ?? 'remote.failed'
  return new AppError(code, { host, detail: code === 'remote.denied' ? deniedDetail(end.stderr) : detail })
}

/** A key that ssh would not use says more than the refusal that follows. */
function deniedDetail(stderr: string): string {
  const reason = /^.*(?:bad permissions|UNPROTECTED PRIVATE KEY|invalid format|incorrect passphrase|not accessible).*$/im.exec(stderr)?.[0]
  return reason?.replace(/@/g, '').trim() ?? lastLine(stderr)
}

/** The last line that is not empty. */
export function lastLine(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  return lines.findLast((line) => line !== '') ?? ''
}
