import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'

/** Why a path is not the file that was expected: nothing there, something else than a file, not allowed or not readable, too large. */
export type FileFault = 'missing' | 'notFile' | 'unreadable' | 'tooLarge'

/** A file that cannot be read; `cause` is the system's error if there is one. */
export class FaultyFile extends Error {
  readonly fault: FileFault

  constructor(fault: FileFault, path: string, cause?: unknown) {
    super(`${fault}: ${path}`, { cause })
    this.name = 'FaultyFile'
    this.fault = fault
  }
}

/** Windows has no such flag, and no FIFOs among its files. */
const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0

/**
 * Opens a regular file for reading. A FIFO would hold an ordinary open until somebody writes to it, and a device may never
 * end: neither is opened. The caller closes the handle.
 * @throws FaultyFile
 */
export async function openRegular(path: string): Promise<{ readonly handle: FileHandle; readonly bytes: number }> {
  try {
    // Opening a device can have side effects, so the path is checked first, and the opened file again.
    if (!(await stat(path)).isFile()) throw new FaultyFile('notFile', path)
    const handle = await open(path, constants.O_RDONLY | withoutWaiting)
    const found = await handle.stat()
    if (found.isFile()) return { handle, bytes: found.size }
    await handle.close()
    throw new FaultyFile('notFile', path)
  } catch (error) {
    throw faultyFile(error, path)
  }
}

/**
 * The contents of a regular file of at most `largest` bytes.
 * @throws FaultyFile
 */
export async function readRegular(path: string, largest: number): Promise<Buffer> {
  const { handle, bytes } = await openRegular(path)
  try {
    if (bytes > largest) throw new FaultyFile('tooLarge', path)
    return await handle.readFile()
  } catch (error) {
    throw faultyFile(error, path)
  } finally {
    await handle.close()
  }
}

/** The error of a read as a FaultyFile. */
export function faultyFile(error: unknown, path: string): FaultyFile {
  if (error instanceof FaultyFile) return error
  const code = (error as NodeJS.ErrnoException | null)?.code
  return new FaultyFile(code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable', path, error)
}
