import { isAbsolute } from 'node:path'
import type { ShellCommand } from '../../shared/shell.ts'
import { isOwnAddress } from './origin.ts'

/** What is known of who speaks on the channel; null frame = the page is gone already. */
interface Sender {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

/** SECURITY: only the main frame of our own page may ask the shell for anything (rule 17). */
export const mayAsk = ({ senderFrame }: Sender): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url)

/** Reads what came over the channel; null for anything that is not a command as the preload sends it. */
export function readCommand(value: unknown): ShellCommand | null {
  if (typeof value !== 'object' || value === null) return null
  const { kind, path } = value as Record<string, unknown>
  if (kind === 'pickFolder') return { kind }
  if (kind === 'showInFolder' && typeof path === 'string' && isAbsolute(path) && !path.includes('\0')) return { kind, path }
  return null
}
