import { createHash } from 'node:crypto'
import type { JobContext } from '../jobs/runner.ts'
import { openAtomicFile, placeUnderFreeName, temporaryFor, type AtomicFile } from '../lib/atomic-file.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { expectUnchanged, findDestination, type Destination } from './destination.ts'
import { sweepPartialFiles } from './partial-files.ts'

/** Where an exported file goes. */
export interface ExportTarget {
  /** What the person chose; null = a name of the program's own, `fallback`, or the same name with a number. */
  readonly file: string | null
  readonly fallback: string
  readonly overwrite: boolean
}

/**
 * Writes the file of an export job. It is put in place only when it is complete, and its hash is stored, so that the catalogue
 * recognises its own exports. Throws the AppErrors of `findDestination` and of the file system.
 */
export async function writeExportFile<T>(
  catalogue: Catalogue,
  { jobId }: Pick<JobContext, 'jobId'>,
  target: ExportTarget,
  fill: (write: (content: string | Uint8Array) => Promise<void>) => Promise<T>
): Promise<{ file: string; filled: T }> {
  await sweepPartialFiles(catalogue, jobId)
  const destination = await findDestination(catalogue, target.file ?? target.fallback, target.overwrite)
  const temporary = temporaryFor(destination.file)
  await catalogue.write('notePartialFile', { jobId, file: temporary })
  try {
    const output = await openAtomicFile(destination.file, temporary)
    try {
      const hash = createHash('sha256')
      let bytes = 0
      const filled = await fill(async (content) => {
        hash.update(content)
        bytes += Buffer.byteLength(content)
        await output.write(content)
      })
      await catalogue.write('noteExport', { jobId, hash: hash.digest('hex'), bytes })
      const file =
        target.file === null ? await placeUnderFreeName(output, destination.file) : await place(output, destination, target.overwrite)
      return { file, filled }
    } finally {
      await output.abandon()
    }
  } finally {
    // If this fails, as on a full disk, the next sweep cleans up.
    await catalogue.write('forgetPartialFile', { jobId, file: temporary }).catch(() => undefined)
  }
}

/** Puts an export at the chosen path. A file that appeared there during the export is not replaced without asking. */
async function place(output: AtomicFile, destination: Destination, overwrite: boolean): Promise<string> {
  if (!overwrite) await expectUnchanged(destination)
  await output.place(destination.file, { replace: overwrite || destination.replaces !== null })
  return destination.file
}
