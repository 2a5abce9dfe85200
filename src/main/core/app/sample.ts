import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'
import type { CoreContext } from './context.ts'
import type { Desk } from './desk.ts'
import { exists } from '../lib/exists.ts'

const catalogueName = 'Mostra'

/** File names of the sample: inventory number, and a letter if an object has several views. */
const samplePattern = '{num}[_{view:letters}]'

/**
 * Opens the catalogue of the sample collection. The first call creates it in the data folder; its images are not copied.
 * @throws AppError `sample.missing`
 */
export async function openSample({ resources, dataFolder }: CoreContext, desk: Desk): Promise<CatalogueSummary> {
  const images = resources.sample
  if (!(await exists(images))) throw new AppError('sample.missing', { folder: images })
  const folder = join(dataFolder, 'samples')
  const workspace = await desk.openOrCreate(folder, catalogueName)
  const begun = (await workspace.jobs.list()).some(({ kind }) => kind === 'import')
  if (!begun) await workspace.startImport({ folder: images, predict: true, pattern: samplePattern })
  return await workspace.summary()
}
