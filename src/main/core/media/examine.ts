import { stat } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import type { ImageMetadata } from '../../../shared/model/record.ts'
import { copyOriginal } from './copy.ts'
import { recogniseFile, type PictureFormat } from './format.ts'
import { decodeHeic } from './heic.ts'
import { findLab8, widenLab } from './lab-tiff.ts'
import { heavyBytes, maxHeldBytes, maxPixels } from './limits.ts'
import { readMetadata, type ReadMetadata } from './metadata.ts'
import { metadataPart } from './metadata-part.ts'
import { drawPicture, readHeader, type DrawnPicture, type PictureHeader, type PictureSource } from './picture.ts'
import { fileProblem } from './problem.ts'
import { readOnce, sizeOf, withFile, type ReadFile } from './source.ts'
import { hasKept, keptFile, writeKept } from './thumbnails.ts'
import { isTruncated } from './truncated.ts'
import type { Work } from './work.ts'

/** A file to be taken into a catalogue. */
export interface ExamineTask {
  /** Absolute path. */
  readonly path: string
  /** The path as the person knows it, for sentences. */
  readonly file: string
  readonly catalogueFolder: string
  /** Where a copy goes, relative to the catalogue's folder; null leaves the file where it is. */
  readonly copyTo: string | null
  /** Draw even where the kept pictures are there already. */
  readonly draw: boolean
}

/** A picture whose kept sizes are in place. */
export interface ExaminedPicture {
  readonly kind: 'picture'
  readonly sha256: string
  readonly bytes: number
  /** When the file was last changed, milliseconds since 1970. */
  readonly modified: number
  readonly format: PictureFormat
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly orientation: number
  readonly metadata: ImageMetadata
  /** Whether all of its description was read: false if it is too large. */
  readonly described: boolean
  /** The decoder found faults but could show all of it. */
  readonly faulty: boolean
  /** Where the copy lies, relative to the catalogue's folder. */
  readonly copiedTo: string | null
}

/** The outcome of a file; `drawn` = its stored pictures existed before, so it is probably in the catalogue. */
export type Examined =
  ExaminedPicture | { readonly kind: 'drawn'; readonly sha256: string; readonly bytes: number; readonly modified: number }

/**
 * Reads a file once, recognises it, checks its size before decoding, draws its stored pictures and puts them in place. Throws an
 * AppError that names the file, or `catalogue.…` for faults of the catalogue's folder.
 */
export async function examine(task: ExamineTask, work: Work): Promise<Examined> {
  const read = readAll(task, work)
  if (read.bytes === 0) throw new AppError('import.empty', { file: task.file })
  const format = expectPicture(read, task.file)
  if (!task.draw && hasKept(task.catalogueFolder, read.sha256))
    return { kind: 'drawn', sha256: read.sha256, bytes: read.bytes, modified: read.modified }
  const { source, header } = await openPicture(task, read, format, work)
  expectSize(header, task.file)
  const drawn = await draw(task, read, format, source, header, work)
  writeKept(task.catalogueFolder, keptFile(task.catalogueFolder, read.sha256, 'screen'), drawn.picture.screen)
  writeKept(task.catalogueFolder, keptFile(task.catalogueFolder, read.sha256, 'thumb'), drawn.picture.thumb)
  const copiedTo = task.copyTo === null ? null : await copyOriginal(task.path, task.file, task.catalogueFolder, task.copyTo, read.sha256)
  const { metadata, complete } = await metadataOf(task, read, format)
  return {
    kind: 'picture',
    sha256: read.sha256,
    bytes: read.bytes,
    modified: read.modified,
    format,
    width: header.width,
    height: header.height,
    pages: header.pages,
    orientation: header.orientation,
    metadata,
    described: complete,
    faulty: drawn.faulty,
    copiedTo
  }
}

function readAll(task: ExamineTask, work: Work): ReadFile {
  try {
    return withFile(task.path, (file) => {
      work.opened(sizeOf(file))
      const read = readOnce(file)
      work.read()
      return read
    })
  } catch (error) {
    throw fileProblem(error, task.file)
  }
}

function expectPicture(read: ReadFile, file: string): PictureFormat {
  const found = recogniseFile(read.head, file)
  if (found.kind === 'picture') return found.format
  if (found.kind === 'other') throw new AppError('import.otherFormat', { file, format: found.name })
  throw new AppError('import.notPicture', { file })
}

/** The header and the source of the pixels; HEIC is decoded first, by its own decoder. */
async function openPicture(
  task: ExamineTask,
  read: ReadFile,
  format: PictureFormat,
  work: Work
): Promise<{ source: PictureSource; header: PictureHeader }> {
  const source = read.content ?? task.path
  try {
    const lab = format === 'tiff' && read.content !== null ? findLab8(read.content) : null
    if (lab !== null && read.content !== null) return await openLab(task, read.content, lab, work)
    const header = await readHeader(source, format)
    if (format !== 'heic') return { source, header }
    // The decoder does not check our limits.
    expectSize(header, task.file)
    const decode = (): Promise<Buffer> => decodeHeic(source)
    const decoded = header.heldBytes > heavyBytes ? await work.alone(decode) : await decode()
    return { source: decoded, header: await readHeader(decoded, 'tiff') }
  } catch (error) {
    throw decodeProblem(error, task.file, format, read)
  }
}

/** A Lab picture as a TIFF that libvips reads. Its size is known from reading it as RGB. */
async function openLab(
  task: ExamineTask,
  file: Buffer,
  lab: number,
  work: Work
): Promise<{ source: PictureSource; header: PictureHeader }> {
  const widened = await work.alone(() => widenLab(file, lab, (header) => expectSize(header, task.file)))
  return { source: widened, header: await readHeader(widened, 'tiff') }
}

function expectSize(header: PictureHeader, file: string): void {
  const pixels = header.width * header.height
  const size = { file, width: header.width, height: header.height, megapixels: Math.round(pixels / 1e6) }
  if (pixels > maxPixels) throw new AppError('import.tooManyPixels', { ...size, limit: maxPixels / 1e6 })
  if (header.heldBytes > maxHeldBytes) {
    const limit = Math.floor((maxHeldBytes * pixels) / header.heldBytes / 1e6)
    throw new AppError('import.tooManyPixelsAtOnce', { ...size, limit })
  }
}

/** Draws strictly first. A file with faults that can still be shown to its end is taken, and marked. */
async function draw(
  task: ExamineTask,
  read: ReadFile,
  format: PictureFormat,
  source: PictureSource,
  header: PictureHeader,
  work: Work
): Promise<{ picture: DrawnPicture; faulty: boolean }> {
  const attempt = async (): Promise<{ picture: DrawnPicture; faulty: boolean }> => {
    try {
      return { picture: await drawPicture(source, 'warning'), faulty: false }
    } catch (error) {
      if (isCut(error, format, read)) throw error
      return { picture: await drawPicture(source, 'truncated'), faulty: true }
    }
  }
  try {
    return header.heldBytes > heavyBytes || read.content === null ? await work.alone(attempt) : await attempt()
  } catch (error) {
    await expectStillThere(task, read)
    throw decodeProblem(error, task.file, format, read)
  }
}

/** If a stream broke because the file disappeared or changed, the picture is not at fault. */
async function expectStillThere(task: ExamineTask, read: ReadFile): Promise<void> {
  const now = await stat(task.path).catch((error: unknown) => {
    throw fileProblem(error, task.file)
  })
  if (now.size !== read.bytes) throw new AppError('import.changing', { file: task.file })
}

function isCut(error: unknown, format: PictureFormat, read: ReadFile): boolean {
  return isTruncated(format, read.head, read.tail, read.bytes, error instanceof Error ? error.message : '')
}

function decodeProblem(error: unknown, file: string, format: PictureFormat, read: ReadFile): AppError {
  if (error instanceof AppError) return error
  if (isCut(error, format, read)) return new AppError('import.truncated', { file }, error)
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('import.damaged', { file, format: format.toUpperCase(), detail: firstLine(message) }, error)
}

/** The decoder's own message, for support: one line, without paths. */
function firstLine(message: string): string {
  const line = message.split('\n').find((part) => part.trim() !== '') ?? ''
  return line.replace(/^.*[\\/](?=[^\\/]*: )/, '').slice(0, 200)
}

async function metadataOf(task: ExamineTask, read: ReadFile, format: PictureFormat): Promise<ReadMetadata> {
  try {
    return readMetadata(await metadataPart(read.content ?? task.path, task.path, format))
  } catch (error) {
    throw fileProblem(error, task.file)
  }
}
