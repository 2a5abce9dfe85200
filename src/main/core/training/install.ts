import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { BundleReference } from '../../../shared/model/model.ts'
import { readBundle, type Bundle } from '../inference/bundle.ts'
import { originFile, type Origin } from '../inference/origin.ts'

/** Where a person's bundles lie, and the check that each must pass. */
export interface InstallParts {
  readonly modelsFolder: string
  /** Every check of a bundle: hashes, shapes, self-test. AppError: what is wrong with it. */
  readonly test: (folder: string) => Promise<Bundle>
}

/**
 * Installs a new bundle in the person's folder of bundles after it has passed every check; it is not activated. It is copied next
 * to that folder first and then renamed, so that an incomplete bundle is never seen. AppErrors of a bad bundle,
 * `training.otherBundle`, `training.bundleExists`, `training.notInstalled`.
 */
export async function installBundle(
  { modelsFolder, test }: InstallParts,
  folder: string,
  expected: BundleReference,
  origin: Origin
): Promise<BundleReference> {
  const bundle = await test(folder)
  const { id, version } = bundle.manifest
  const name = `${id}@${version}`
  if (id !== expected.id || version !== expected.version)
    throw new AppError('training.otherBundle', { bundle: name, expected: `${expected.id}@${expected.version}` })
  const place = join(modelsFolder, `${id}-${version}`)
  const there = await readBundle(place).catch(() => null)
  // Interrupted after it was put in place.
  if (there?.sha256 === bundle.sha256) return { id, version }
  if (await stat(place).catch(() => null)) throw new AppError('training.bundleExists', { bundle: name, folder: place })
  const incoming = join(dirname(modelsFolder), 'models-incoming', `${id}-${version}`)
  try {
    await rm(incoming, { recursive: true, force: true })
    await mkdir(modelsFolder, { recursive: true })
    await cp(folder, incoming, { recursive: true })
    await writeFile(join(incoming, originFile), `${JSON.stringify(origin, null, 2)}\n`)
    await rename(incoming, place)
  } catch (error) {
    await rm(incoming, { recursive: true, force: true }).catch(() => undefined)
    throw new AppError(
      'training.notInstalled',
      { bundle: name, folder: place, reason: String((error as NodeJS.ErrnoException).code ?? error) },
      error
    )
  }
  return { id, version }
}
