import { join } from 'node:path'
import { groupFolder, matchPattern, type Pattern } from '../../../shared/domain/pattern.ts'
import { AppError, Cancelled, type ErrorData } from '../../../shared/errors.ts'
import { logBug, type Log } from '../log/log.ts'
import type { ExaminedPicture } from '../media/examine.ts'
import type { Media } from '../media/media.ts'
import { isStoreProblem } from '../media/problem.ts'
import { ownRoot } from './locations.ts'
import type { FileOutcome, PictureToTake } from './outcome.ts'

/** Options shared by all files of an import. */
export interface ExamineContext {
  readonly media: Media
  readonly log: Log
  readonly catalogueFolder: string
  /** Cancels files that are being examined. */
  readonly signal: AbortSignal
  readonly folder: string
  readonly copy: boolean
  readonly pattern: Pattern | null
  /** The pattern as it was written, for sentences. */
  readonly patternText: string
  /** For every number that several folders give, the folder that gets it. */
  readonly owners: ReadonlyMap<string, string>
}

/**
 * Has one file examined and returns the outcome. Throws only what concerns all files: a catalogue that cannot be written,
 * media processes that do not start, or the end of the program.
 *
 * @param key - path below the import's folder, separated by `/`
 * @param how - `apart` in a process of its own; `draw` even if its kept pictures are there
 */
export async function examineFile(
  context: ExamineContext,
  key: string,
  how: { readonly apart: boolean; readonly draw: boolean }
): Promise<FileOutcome> {
  const { media, folder, copy, catalogueFolder, signal } = context
  const task = { path: join(folder, key), file: key, catalogueFolder, copyTo: copy ? `${ownRoot}/${key}` : null, draw: how.draw }
  try {
    const examined = how.apart ? await media.examineApart(task, signal) : await media.examine(task, signal)
    return examined.kind === 'picture' ? toTake(context, key, examined) : examined
  } catch (error) {
    if (error instanceof Cancelled || isStoreProblem(error) || isOfMachine(error)) throw error
    if (error instanceof AppError) return { kind: 'refused', code: error.code, data: error.data }
    return { kind: 'refused', code: 'import.bug', data: { file: key, trace: logBug(context.log, error, `import ${key}`) } }
  }
}

/** Whether an error says that no picture can be read on this machine now. */
function isOfMachine(error: unknown): boolean {
  return error instanceof AppError && error.code === 'media.notStarted'
}

function toTake(context: ExamineContext, key: string, examined: ExaminedPicture): PictureToTake {
  const match = context.pattern === null ? null : matchPattern(context.pattern, key)
  const { faulty, described, ...picture } = examined
  const owner = match === null ? undefined : context.owners.get(match.inventoryNumber)
  const notices: readonly [boolean, string, ErrorData][] = [
    [faulty, 'import.faulty', {}],
    [!described, 'import.descriptionTooLarge', {}],
    [context.pattern !== null && match === null, 'import.noNumber', { pattern: context.patternText }],
    [examined.pages > 1, 'import.pages', { pages: examined.pages }]
  ]
  const [, code, data] = notices.find(([applies]) => applies) ?? []
  return {
    ...picture,
    inventoryNumber: match?.inventoryNumber ?? null,
    view: match?.view ?? null,
    keepsNumber: context.pattern === null || owner === undefined || owner === groupFolder(context.pattern, key),
    notice: code === undefined ? null : { code, data: { ...data, file: key } }
  }
}
