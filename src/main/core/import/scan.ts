import { constants, type BigIntStats, type Dirent } from 'node:fs'
import { open, opendir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, Cancelled, type ErrorData } from '../../../shared/errors.ts'
import { headBytes, recogniseFile } from '../media/format.ts'
import { fileProblem } from '../media/problem.ts'
import { answering } from './answering.ts'
import { promiseOf } from './names.ts'

/** A line of the import's list: a file to examine, or one (or a whole folder, its key ends with `/`) that is refused at once. */
export interface ScannedFile {
  /** Path below the folder of the import, separated by `/`. */
  readonly key: string
  readonly bytes: number
  /** When it was last changed, milliseconds since 1970. */
  readonly modified: number
  readonly refused: { readonly code: string; readonly data: ErrorData } | null
}

export interface ScanOptions {
  /** Where to start below the folder, separated by `/`; empty for the folder itself. */
  readonly below?: string
  /** Read size and date of each file; otherwise both are 0 and no file is touched. */
  readonly details: boolean
  readonly signal: AbortSignal | null
}

/** Files of a folder that are read in parallel. */
const sideBySide = 16

/** Files are handed over in portions of about this size, so that work on the first ones can begin. */
const portion = 500

/** Checks that a folder exists, can be read and answers. @throws AppError `import.folder…` */
export async function expectReadable(folder: string): Promise<void> {
  const opened = opendir(folder).then((directory) => directory.close())
  await answering(
    opened.catch((error: unknown) => {
      throw folderProblem(error, folder)
    }),
    folder,
    null
  )
}

/**
 * Walks a folder tree in the order of names and hands over its pictures in portions. Links are followed, each folder is
 * entered once. System files and files whose name is not that of a picture are counted, not listed; files without an extension are
 * judged by their first bytes. So the listed and the ignored files together are all files of the tree.
 *
 * @throws AppError `import.folderNotFound` or `import.folderDenied` where the folder itself can't be read, `import.folderStalled` where
 * the file system does not answer; Cancelled
 */
export async function scanFolder(
  folder: string,
  options: ScanOptions,
  found: (files: ScannedFile[]) => Promise<void> | void
): Promise<{ ignored: number }> {
  const entered = new Set<string>()
  let ignored = 0

  async function enter(below: string): Promise<void> {
    if (options.signal?.aborted === true) throw new Cancelled()
    const path = join(folder, below)
    const entries = await answering(list(path, below), folder, options.signal)
    if (entries === null) return
    const readable = new Set(entries.map(({ name }) => readName(name)).flatMap(({ text, broken }) => (broken ? [] : [text])))
    const files: ScannedFile[] = []
    const folders: string[] = []
    for (let at = 0; at < entries.length; at += sideBySide) {
      const looked = entries.slice(at, at + sideBySide).map((entry) => answering(lookAt(entry, below, readable), folder, options.signal))
      for (const one of await Promise.all(looked)) {
        if (one === 'ignored') ignored++
        else if (typeof one === 'object' && 'folder' in one) folders.push(one.folder)
        else if (typeof one === 'object') files.push(one)
      }
      if (files.length >= portion) await found(files.splice(0))
    }
    if (files.length > 0) await found(files)
    for (const next of folders) await enter(next)
  }

  /** The entries of a folder, null for one that was entered before or can't be read; the latter is listed as refused. */
  async function list(path: string, below: string): Promise<Dirent<Buffer>[] | null> {
    try {
      const { dev, ino } = await stat(path, { bigint: true })
      const identity = `${dev}:${ino}`
      if (entered.has(identity)) return null
      entered.add(identity)
      const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
      return entries.sort((a, b) => Buffer.compare(a.name, b.name))
    } catch (error) {
      const problem = folderProblem(error, below === '' ? folder : below)
      if (below === '') throw problem
      await found([{ key: `${below}/`, bytes: 0, modified: 0, refused: { code: problem.code, data: problem.data } }])
      return null
    }
  }

  async function lookAt(
    entry: Dirent<Buffer>,
    below: string,
    readable: ReadonlySet<string>
  ): Promise<ScannedFile | { folder: string } | 'ignored' | 'nothing'> {
    const name = readName(entry.name)
    // A file may really have the name that stands for another one's bytes.
    while (name.broken && readable.has(name.text)) name.text = `[bytes] ${name.text}`
    const key = below === '' ? name.text : `${below}/${name.text}`
    const promise = promiseOf(name.text)
    if (entry.isDirectory()) {
      if (promise === 'system' || name.text.endsWith('.fitxa')) return 'nothing'
      return name.broken ? refuse(`${key}/`, 'import.folderName') : { folder: key }
    }
    if (promise === 'system' || promise === 'other') return 'ignored'
    if (name.broken) return promise === 'picture' ? refuse(key, 'import.nameEncoding') : 'ignored'
    if (!entry.isFile() && !entry.isSymbolicLink()) return 'ignored'
    if (promise === 'unsaid' && !entry.isSymbolicLink() && !(await beginsAsPicture(join(folder, key)))) return 'ignored'
    if (!options.details && entry.isFile()) return { key, bytes: 0, modified: 0, refused: null }
    return await measure(key, promise === 'picture')
  }

  /** Size and date; for a link also what it leads to. */
  async function measure(key: string, named: boolean): Promise<ScannedFile | { folder: string } | 'ignored'> {
    let details: BigIntStats
    try {
      details = await stat(join(folder, key), { bigint: true })
    } catch (error) {
      if (!named) return 'ignored'
      const problem = fileProblem(error, key)
      return refuse(key, problem.code, problem.data)
    }
    if (details.isDirectory()) return { folder: key }
    if (!details.isFile()) return 'ignored'
    if (!named && !(await beginsAsPicture(join(folder, key)))) return 'ignored'
    return { key, bytes: Number(details.size), modified: Number(details.mtimeMs), refused: null }
  }

  await enter(options.below ?? '')
  return { ignored }
}

function refuse(key: string, code: string, data: ErrorData = { file: key }): ScannedFile {
  return { key, bytes: 0, modified: 0, refused: { code, data } }
}

/**
 * A name as text. Linux allows any bytes: those that are not UTF-8 are written as `\xE9`, and the file cannot be opened by this
 * name.
 */
function readName(bytes: Buffer): { text: string; broken: boolean } {
  const text = bytes.toString()
  if (Buffer.from(text).equals(bytes)) return { text, broken: false }
  return {
    text: bytes.toString('latin1').replace(/[\x80-\xff]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    broken: true
  }
}

async function beginsAsPicture(path: string): Promise<boolean> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      if (!(await file.stat()).isFile()) return false
      const { buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
      return recogniseFile(buffer, path).kind === 'picture'
    } finally {
      await file.close()
    }
  } catch {
    // It is unreadable and nothing suggests a picture, so it is ignored.
    return false
  }
}

function folderProblem(error: unknown, folder: string): AppError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return new AppError('import.folderNotFound', { folder }, error)
  if (code === 'EACCES' || code === 'EPERM') return new AppError('import.folderDenied', { folder }, error)
  return new AppError('import.folderUnreadable', { folder, detail: code }, error)
}
