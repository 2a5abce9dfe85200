import { suggestionsPerFacet, topIndices } from '../../../shared/domain/ranking.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { objectCount, type Decided } from './decided.ts'
import { fitFacet, scoreParts, scoresOf, type FacetModel } from './facet-model.ts'
import { fromHalf } from './half-precision.ts'
import { learningCurve, type CurvePoint } from './learning-curve.ts'
import { dot, emptyMatrix, rowOf, type Matrix } from './matrix.ts'
import { nearness, similarities } from './neighbour-vote.ts'
import { calibratedFrom, fitScaling, noScaling, probabilityOf, type Scaling } from './scaling.ts'
import { addSquares } from './squares.ts'
import { workList } from './work-list.ts'

/** Probabilities of a term by key. */
export type BaseScores = readonly (readonly [TermKey, number])[]

/** An embedded picture as stored in the catalogue, with the base model's probabilities for one facet. */
export interface GivenPicture {
  readonly imageId: number
  readonly vector: Uint8Array
  readonly base: BaseScores
}

/** A decided object: its pictures, and the indices of the terms that are right or undecided. */
export interface GivenObject {
  readonly objectId: number
  readonly images: readonly number[]
  readonly right: readonly number[]
  readonly unsaid: readonly number[]
}

/** The decisions in a facet. `pictures` are those that the model has not yet received. */
export interface AdaptInput {
  readonly facet: Facet
  readonly terms: readonly TermKey[]
  readonly objects: readonly GivenObject[]
  readonly pictures: readonly GivenPicture[]
}

/** A suggestion for a picture: its score, and how much each source contributed. */
export interface LearnedTerm {
  readonly key: TermKey
  readonly score: number
  readonly probability: number
  readonly neighbours: number
  readonly linear: number
  readonly base: number
}

/** `nearest`: the similarity to the most similar known picture, whether a training picture of the base model or one decided here. */
export interface LearnedPicture {
  readonly imageId: number
  readonly nearest: number
  readonly terms: readonly LearnedTerm[]
}

/** A decided picture that supports a term: its share of the neighbours' vote, and its similarity. */
export interface Witness {
  readonly objectId: number
  readonly imageId: number
  readonly share: number
  readonly similarity: number
}

/** With few decisions the calibration is fitted every time; above this number, whenever the decisions have grown by a tenth. */
const calibratedAlways = 100
const growth = 1.1

interface FacetState {
  readonly terms: readonly TermKey[]
  readonly decided: Decided
  readonly model: FacetModel | null
  readonly scaling: Scaling
  readonly images: Int32Array
  readonly objectIds: readonly number[]
}

interface KnownPicture {
  readonly embedding: Float64Array
  readonly base: Map<Facet, ReadonlyMap<TermKey, number>>
}

/**
 * The model learned from one catalogue's decisions, facet by facet (docs/science.md, "Learning from the first decisions"). It is given
 * all decisions each time, and keeps what does not change: the pictures, and the squares of their embeddings.
 */
export class CatalogueModel {
  readonly #mean: readonly number[]
  readonly #prototypes: Matrix
  readonly #pictures = new Map<number, KnownPicture>()
  readonly #facets = new Map<Facet, FacetState>()
  readonly #squares = new Map<Facet, { readonly sum: Matrix; readonly weights: Map<number, number> }>()
  readonly #calibrated = new Map<Facet, { readonly count: number; readonly scaling: Scaling }>()

  constructor(mean: readonly number[], prototypes: Matrix) {
    this.#mean = mean
    this.#prototypes = prototypes
  }

  /** Updates the model with the decisions in a facet. Returns the number of objects. */
  adapt({ facet, terms, objects, pictures }: AdaptInput): number {
    for (const { imageId, vector, base } of pictures) {
      const known = this.#pictures.get(imageId) ?? { embedding: this.#centred(vector), base: new Map() }
      known.base.set(facet, new Map(base))
      this.#pictures.set(imageId, known)
    }
    const decided = this.#decided(facet, terms, objects)
    const images = Int32Array.from(objects.flatMap((object) => object.images))
    const model = fitFacet(decided, this.#follow(facet, decided, images))
    const scaling = this.#calibrate(facet, decided)
    const objectIds = objects.map(({ objectId }) => objectId)
    this.#facets.set(facet, { terms, decided, model, scaling, images, objectIds })
    return objects.length
  }

  /** The best terms of a facet for open pictures, `hidden` ones left out. */
  score(facet: Facet, pictures: readonly GivenPicture[], hidden: readonly TermKey[]): LearnedPicture[] {
    const out = new Set(hidden)
    return pictures.map(({ imageId, vector, base }) => {
      const embedding = this.#centred(vector)
      const state = this.#facets.get(facet)
      const given = new Map(base)
      const terms = [...new Set([...(state?.terms ?? []), ...given.keys()])]
      const known = state?.terms.length ?? 0
      const values = Float64Array.from(terms, (key) => given.get(key) ?? 0)
      const parts = scoreParts(state?.model ?? null, embedding, values.subarray(0, known))
      const own = 1 / ((state?.model?.count ?? 0) + 1)
      // Terms without any decision have only the base model's probability.
      const all = {
        neighbours: widened(parts.neighbours, terms.length),
        linear: widened(parts.linear, terms.length),
        base: values.map((value) => value * own)
      }
      const scores = scoresOf(all)
      const best = topIndices(scores, suggestionsPerFacet, (index) => (scores[index] as number) > 0 && !out.has(terms[index] as TermKey))
      return {
        imageId,
        nearest: this.#nearest(embedding, state?.model ?? null),
        terms: best.map((index) => ({
          key: terms[index] as TermKey,
          score: scores[index] as number,
          probability: probabilityOf(scores[index] as number, state?.scaling ?? noScaling),
          neighbours: all.neighbours[index] as number,
          linear: all.linear[index] as number,
          base: all.base[index] as number
        }))
      }
    })
  }

  /** The decided objects that most support a term on an open object, strongest first; each with its most similar picture. */
  why(facet: Facet, key: TermKey, vectors: readonly Uint8Array[], limit: number): Witness[] {
    const state = this.#facets.get(facet)
    const term = state?.terms.indexOf(key) ?? -1
    if (!state?.model || term < 0) return []
    const best = new Map<number, Witness>()
    for (const vector of vectors) {
      const similarity = similarities(state.model.embeddings, this.#centred(vector))
      const near = nearness(similarity, state.model.weights)
      const total = near.reduce((sum, value) => sum + value, 0)
      near.forEach((value, picture) => {
        if (rowOf(state.decided.known, picture)[term] !== 1) return
        const objectId = state.objectIds[state.decided.objects[picture] as number] as number
        const witness = {
          objectId,
          imageId: state.images[picture] as number,
          share: value / total,
          similarity: similarity[picture] as number
        }
        if (witness.share > (best.get(objectId)?.share ?? 0)) best.set(objectId, witness)
      })
    }
    return [...best.values()].sort((a, b) => b.share - a.share).slice(0, limit)
  }

  /** Indices of the pictures that best represent the others, best first. */
  workList(vectors: readonly Uint8Array[], count: number): number[] {
    const embeddings = emptyMatrix(vectors.length, this.#mean.length)
    vectors.forEach((vector, row) => rowOf(embeddings, row).set(this.#centred(vector)))
    return workList(embeddings, count)
  }

  /** How well the facet's earlier decisions predicted later ones. */
  curve(facet: Facet): CurvePoint[] {
    const state = this.#facets.get(facet)
    return state === undefined ? [] : learningCurve(state.decided)
  }

  #centred(vector: Uint8Array): Float64Array {
    const values = fromHalf(vector)
    const length = Math.sqrt(dot(values, values))
    const embedding = values.map((value, index) => value / length - (this.#mean[index] as number))
    const rest = Math.sqrt(dot(embedding, embedding))
    return embedding.map((value) => value / rest)
  }

  #decided(facet: Facet, terms: readonly TermKey[], objects: readonly GivenObject[]): Decided {
    const places = new Map(terms.map((key, place) => [key, place]))
    const images = objects.flatMap((object) => object.images)
    const embeddings = emptyMatrix(images.length, this.#mean.length)
    const [known, base] = [emptyMatrix(images.length, terms.length), emptyMatrix(images.length, terms.length)]
    const numbers = new Int32Array(images.length)
    let row = 0
    objects.forEach(({ images: own, right, unsaid }, number) => {
      for (const image of own) {
        const picture = this.#pictures.get(image)
        if (picture === undefined) throw new Error(`the picture ${image} was not given`)
        rowOf(embeddings, row).set(picture.embedding)
        const [marks, probabilities] = [rowOf(known, row), rowOf(base, row)]
        for (const term of unsaid) marks[term] = -1
        for (const term of right) marks[term] = 1
        for (const [key, probability] of picture.base.get(facet) ?? []) {
          const place = places.get(key)
          if (place !== undefined) probabilities[place] = probability
        }
        numbers[row++] = number
      }
    })
    return { embeddings, known, base, objects: numbers }
  }

  /** The squares of the decided pictures, updated by what was added and removed. */
  #follow(facet: Facet, { embeddings, objects }: Decided, images: Int32Array): Matrix {
    const { sum, weights } = this.#squares.get(facet) ?? { sum: emptyMatrix(embeddings.columns, embeddings.columns), weights: new Map() }
    const counts = new Map<number, number>()
    for (const object of objects) counts.set(object, (counts.get(object) ?? 0) + 1)
    const now = new Map(Array.from(images, (image, row) => [image, 1 / (counts.get(objects[row] as number) as number)]))
    const changed = [...new Set([...weights.keys(), ...now.keys()])].filter((image) => weights.get(image) !== now.get(image))
    const rows = emptyMatrix(changed.length, embeddings.columns)
    changed.forEach((image, row) => rowOf(rows, row).set(this.#pictures.get(image)?.embedding ?? []))
    addSquares(
      sum,
      rows,
      Float64Array.from(changed, (image) => (now.get(image) ?? 0) - (weights.get(image) ?? 0))
    )
    this.#squares.set(facet, { sum, weights: now })
    return sum
  }

  #calibrate(facet: Facet, decided: Decided): Scaling {
    const count = objectCount(decided)
    const before = this.#calibrated.get(facet)
    const keep = before !== undefined && count > calibratedAlways && count >= before.count && count < before.count * growth
    if (count < calibratedFrom) return noScaling
    const scaling = keep ? before.scaling : fitScaling(decided)
    if (!keep) this.#calibrated.set(facet, { count, scaling })
    return scaling
  }

  #nearest(embedding: Float64Array, model: FacetModel | null): number {
    const largest = (rows: Matrix): number => similarities(rows, embedding).reduce((best, value) => Math.max(best, value), -1)
    return Math.max(largest(this.#prototypes), model === null ? -1 : largest(model.embeddings))
  }
}

function widened(values: Float64Array, length: number): Float64Array {
  const wide = new Float64Array(length)
  wide.set(values)
  return wide
}
