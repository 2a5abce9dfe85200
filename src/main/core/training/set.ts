import { AppError } from '../../../shared/errors.ts'
import { facets, perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { TrainingFacet, TrainingSet } from '../../../shared/model/training.ts'
import { termOf } from '../annotation/hydrate.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { createTreeKeys, trainingObjects, withBroader } from './examples.ts'

/** Pictures that a term must have to be trained, as in the paper (docs/science.md, "Facets and trees"): 10, and 5 for subjects. */
export const minimumPictures: Record<Facet, number> = { objectTypes: 10, materials: 10, disciplines: 10, subjects: 5 }

/** Terms that a facet must have to be trained: with one there is nothing to tell apart. */
const fewestTerms = 2

interface Counts {
  closed: number
  pictures: number
  readonly terms: Map<TermKey, number>
}

/** Counts what training would read of a catalogue: closed facets only, each term with its broader ones. */
export async function countTrainingSet(catalogue: Catalogue, vocabulary: Vocabulary): Promise<TrainingSet> {
  const keys = createTreeKeys(vocabulary)
  const counts = perFacet<Counts>(() => ({ closed: 0, pictures: 0, terms: new Map() }))
  let objects = 0
  let pictures = 0
  for await (const page of trainingObjects(catalogue, false)) {
    for (const object of page) {
      objects++
      pictures += object.pictures.length
      for (const facet of facets) {
        const closed = object.closed[facet]
        if (closed === undefined) continue
        const count = counts[facet]
        count.closed++
        const terms = new Set(closed.accepted.flatMap((key) => keys.accepted(key)).flatMap(withBroader))
        if (terms.size > 0) count.pictures += object.pictures.length
        for (const term of terms) count.terms.set(term, (count.terms.get(term) ?? 0) + object.pictures.length)
      }
    }
  }
  const list = facets.map((facet) => facetOfSet(facet, counts[facet], vocabulary))
  const problem = list.some(({ trainable }) => trainable >= fewestTerms) ? null : tooFew(pictures)
  return { objects, pictures, facets: list, problem: problem && { code: problem.code, data: problem.data } }
}

function facetOfSet(facet: Facet, { closed, pictures, terms }: Counts, vocabulary: Vocabulary): TrainingFacet {
  const minimum = minimumPictures[facet]
  const sorted = [...terms].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return {
    facet,
    closed,
    pictures,
    minimum,
    trainable: sorted.filter(([, count]) => count >= minimum).length,
    terms: sorted.map(([key, count]) => ({ term: termOf(vocabulary, key), pictures: count, lacking: Math.max(0, minimum - count) }))
  }
}

function tooFew(pictures: number): AppError {
  if (pictures === 0) return new AppError('training.nothingClosed')
  return new AppError('training.tooFewPictures', {
    pictures,
    minimum: minimumPictures.objectTypes,
    minimumSubjects: minimumPictures.subjects
  })
}
