import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'
import type { CoreContext } from './context.ts'
import type { Desk } from './desk.ts'
import { exists } from '../lib/exists.ts'

const catalogueName = 'Mostra'

/** How the files of the sample are named: inventory number, and a letter where an object has several views. */
const samplePattern = '{num}[_{view:letters}]'

/**
 * Opens the catalogue of the sample collection, made in the data folder the first time; its images stay where they are.
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
