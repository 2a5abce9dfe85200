import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Bundle } from './bundle.ts'
import { facetTables } from './manifest.ts'
import type { FacetScores, Network } from './network.ts'
import { loadPicture } from './picture.ts'

/**
 * Predicts the bundle's own test picture and compares each member's scores with those that the trainer wrote into the
 * manifest. AppError `bundle.testPicture`, `bundle.notANumber`, or `bundle.selfTest`, which names the term that differs by more than the tolerance.
 */
export async function runSelfTest(bundle: Bundle, network: Network): Promise<void> {
  // The picture encoder has nothing to compare: its hash says that it is the one.
  if (Object.keys(bundle.manifest.selfTest.expected).length === 0) return
  const image = join(bundle.folder, bundle.manifest.selfTest.image)
  const { pixels } = await loadPicture({ originals: [image], bytes: null, pixels: null, screen: null }, network.views).catch((cause) => {
    throw new AppError('bundle.testPicture', { bundle: bundle.manifest.id, file: bundle.manifest.selfTest.image }, cause)
  })
  const [output] = await network.run([pixels])
  if (!output) throw new AppError('bundle.notANumber', { bundle: bundle.manifest.id })
  compareSelfTest(bundle, output.scores)
}

/** The comparison of runSelfTest, over scores that are there. */
export function compareSelfTest(bundle: Bundle, scores: FacetScores): void {
  const { manifest } = bundle
  for (const [facet, table] of facetTables(manifest)) {
    for (const [member, expected] of Object.entries(manifest.selfTest.expected)) {
      for (const { term, score } of expected[facet] ?? []) {
        const found = scores[facet]?.find((candidate) => candidate.name === member)?.scores[table.terms.indexOf(term)]
        if (found === undefined || Math.abs(found - score) > manifest.selfTest.tolerance) {
          throw new AppError('bundle.selfTest', { bundle: manifest.id, member, term, expected: score, found: found ?? '–' })
        }
      }
    }
  }
}
