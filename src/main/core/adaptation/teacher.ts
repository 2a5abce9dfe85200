import { perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { GivenPicture } from './catalogue-model.ts'
import type { Learner } from './learner.ts'
import type { TermSpace } from './term-space.ts'

/** Passes the decisions of a catalogue to the learner. */
export interface Teacher {
  /** Passes on the current decisions of a facet; returns the number of objects. `after`: only decisions after this action. */
  teach(facet: Facet, after: number): Promise<number>
  /** Pictures with the suggestions of the model alone for a facet. */
  pictures(facet: Facet, images: readonly number[]): Promise<GivenPicture[]>
  /** To be called when a model has run on the pictures again. */
  forgetModel(): void
}

export function createTeacher({
  catalogue,
  learner,
  terms,
  encoder
}: {
  readonly catalogue: Pick<Catalogue, 'read'>
  readonly learner: Learner
  readonly terms: TermSpace
  readonly encoder: string
}): Teacher {
  /** Pictures that the learner has, and the terms that the model suggested for them. */
  const given = perFacet(() => ({ images: new Set<number>(), terms: new Set<TermKey>() }))

  async function pictures(facet: Facet, images: readonly number[]): Promise<GivenPicture[]> {
    const [vectors, predictions] = await Promise.all([
      catalogue.read('embeddings', { encoder, images }),
      catalogue.read('basePredictions', images)
    ])
    const base = new Map<number, Map<TermKey, number>>()
    for (const { imageId, facet: of, key, probability } of predictions) {
      if (of !== facet) continue
      const own = base.get(imageId) ?? new Map<TermKey, number>()
      base.set(imageId, own)
      own.set(terms.keyOf(key), Math.max(probability, own.get(terms.keyOf(key)) ?? 0))
    }
    return vectors.map(({ imageId, vector }) => ({ imageId, vector, base: [...(base.get(imageId) ?? [])] }))
  }

  return {
    pictures,
    forgetModel() {
      for (const { images, terms: suggested } of Object.values(given)) {
        images.clear()
        suggested.clear()
      }
    },
    async teach(facet, after) {
      const objects = await catalogue.read('decidedObjects', { facet, encoder, after })
      const known = given[facet]
      const missing = objects.flatMap(({ images }) => images).filter((image) => !known.images.has(image))
      const fresh = await pictures(facet, missing)
      for (const { imageId, base } of fresh) {
        known.images.add(imageId)
        for (const [key] of base) known.terms.add(key)
      }
      const places = new Map<TermKey, number>()
      const placeOf = (key: TermKey): number => {
        const place = places.get(key) ?? places.size
        places.set(key, place)
        return place
      }
      const marked = objects.map(({ objectId, images, accepted, uncertain }) => {
        const right = new Set(accepted.flatMap((key) => terms.withBroader(key)))
        const unsaid = new Set(uncertain.flatMap((key) => terms.withBroader(key)).filter((key) => !right.has(key)))
        return { objectId, images, right: [...right].map(placeOf), unsaid: [...unsaid].map(placeOf) }
      })
      for (const key of known.terms) placeOf(key)
      return await learner.ask('adapt', { facet, terms: [...places.keys()], objects: marked, pictures: fresh })
    }
  }
}
