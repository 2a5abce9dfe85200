import { extname, isAbsolute } from 'node:path'
import { isLanguage } from '../../shared/model/facet.ts'
import type { Notice, ShellCommand, Work } from '../../shared/shell.ts'
import { isOwnAddress } from './origin.ts'

/** What is known of the sender on the channel; a null frame means that the page is already gone. */
interface Sender {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

/** SECURITY: only the main frame of our own page may ask the shell for anything (rule 17). */
export const mayAsk = ({ senderFrame }: Sender): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url)

/** Pictures that may be opened in another program; no type that a system would execute. */
const pictureEndings = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp', '.avif', '.gif', '.heic', '.heif'])

/** Longest text of a notification, in characters. */
const longestText = 500

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const isPath = (path: unknown): path is string => typeof path === 'string' && isAbsolute(path) && !path.includes('\0')

function readWork(value: unknown): Work | null | undefined {
  if (value === null) return null
  if (!isFields(value)) return undefined
  const { progress } = value
  if (progress === null) return { progress }
  return typeof progress === 'number' && progress >= 0 && progress <= 1 ? { progress } : undefined
}

function readNotice(value: unknown): Notice | undefined {
  if (!isFields(value)) return undefined
  const { title, text } = value
  const fits = (part: unknown): part is string => typeof part === 'string' && part.length <= longestText
  return fits(title) && fits(text) ? { title, text } : undefined
}

/** Parses a message from the channel; null for anything that is not a command of the preload. */
export function readCommand(value: unknown): ShellCommand | null {
  if (!isFields(value)) return null
  const { kind, path } = value
  switch (kind) {
    case 'pickFolder':
    case 'listening':
      return { kind }
    case 'showInFolder':
      return isPath(path) ? { kind, path } : null
    case 'openPicture':
      return isPath(path) && pictureEndings.has(extname(path).toLowerCase()) ? { kind, path } : null
    case 'work': {
      const work = readWork(value['work'])
      return work === undefined ? null : { kind, work }
    }
    case 'notify': {
      const notice = readNotice(value['notice'])
      return notice === undefined ? null : { kind, notice }
    }
    case 'language': {
      const { language } = value
      return isLanguage(language) ? { kind, language } : null
    }
    default:
      return null
  }
}
