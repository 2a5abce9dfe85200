import { resolve } from 'node:path'
import { findDestination } from '../../exchange/destination.ts'
import { openAtomicFile } from '../../lib/atomic-file.ts'
import { csvRows } from '../../lib/csv-text.ts'
import type { Catalogue } from '../../operations/catalogue.ts'
import type { SettingsStore } from '../../settings/settings.ts'
import type { Inference } from '../inference.ts'
import type { BundleReference } from '../operations.ts'
import { referenceOf } from '../prediction-run.ts'

/** Pictures read from the catalogue at a time. */
const pageSize = 500

/**
 * The pictures that lack suggestions of a bundle as the list that the trainer's `predict` reads, in pieces of text: the columns `file` (the
 * absolute path of the original) and `sha256`.
 */
async function* openList(catalogue: Catalogue, bundle: BundleReference): AsyncGenerator<{ text: string; pictures: number }> {
  yield { text: csvRows([['file', 'sha256']], ','), pictures: 0 }
  let after = 0
  for (;;) {
    const page = await catalogue.read('picturesToPredict', { lacking: { by: 'bundle', bundle }, jobId: 0, after, limit: pageSize })
    const rows = page.flatMap(({ originals, sha256 }) =>
      originals[0] === undefined ? [] : [[resolve(catalogue.folder, originals[0]), sha256]]
    )
    if (rows.length > 0) yield { text: csvRows(rows, ','), pictures: rows.length }
    if (page.length < pageSize) return
    after = page.at(-1)?.imageId ?? after
  }
}

interface OpenListParts {
  readonly catalogue: Catalogue
  readonly inference: Pick<Inference, 'choose'>
  readonly settings: Pick<SettingsStore, 'get'>
}

/** Writes the list for the active bundle to `path`. AppErrors of findDestination, or those of an unusable bundle. */
export async function writeOpenList(
  { catalogue, inference, settings }: OpenListParts,
  path: string,
  overwrite: boolean
): Promise<{ file: string; images: number }> {
  const bundle = referenceOf(await inference.choose(settings.get().modelBundle))
  const { file, replaces } = await findDestination(catalogue, path, overwrite)
  const writing = await openAtomicFile(file)
  let images = 0
  try {
    for await (const { text, pictures } of openList(catalogue, bundle)) {
      await writing.write(text)
      images += pictures
    }
    await writing.place(file, { replace: replaces !== null })
  } finally {
    await writing.abandon()
  }
  return { file, images }
}
