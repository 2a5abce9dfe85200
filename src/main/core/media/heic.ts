import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../../shared/errors.ts'

/** A program of the system that turns HEIC into PNG, with the arguments it wants. */
interface Converter {
  readonly program: string
  readonly args: (from: string, to: string) => string[]
}

const converters: readonly Converter[] = [
  { program: 'heif-dec', args: (from, to) => [from, to] },
  { program: 'heif-convert', args: (from, to) => [from, to] },
  { program: 'sips', args: (from, to) => ['-s', 'format', 'png', from, '--out', to] }
]

const longestSeconds = 120
const run = promisify(execFile)

/** The first converter of a search path; each path is looked through once. */
const found = new Map<string, Promise<{ file: string; converter: Converter } | null>>()

async function findConverter(searchPath: string): Promise<{ file: string; converter: Converter } | null> {
  for (const converter of converters) {
    for (const folder of searchPath.split(delimiter).filter((part) => part !== '')) {
      const file = join(folder, converter.program)
      const usable = await access(file, constants.X_OK).then(
        () => true,
        () => false
      )
      if (usable) return { file, converter }
    }
  }
  return null
}

/**
 * Decodes a HEIC picture with a program of the system, as a PNG that is already upright: the codec is patented and no part
 * of sharp's binaries. Without such a program, or where it fails, an AppError with the remedy.
 *
 * @param path - absolute path of the picture
 * @param file - the path as the person knows it, for the sentence
 */
export async function decodeHeic(path: string, file: string, searchPath = process.env.PATH ?? ''): Promise<Buffer> {
  const looking = found.get(searchPath) ?? findConverter(searchPath)
  found.set(searchPath, looking)
  const tool = await looking
  if (tool === null) throw new AppError('import.heic', { file })
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-heic-'))
  try {
    const target = join(folder, 'picture.png')
    await run(tool.file, tool.converter.args(path, target), { timeout: longestSeconds * 1000, windowsHide: true })
    return await readFile(target)
  } catch (error) {
    throw new AppError('import.heicFailed', { file, program: tool.converter.program }, error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
