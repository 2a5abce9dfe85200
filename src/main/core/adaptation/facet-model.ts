import { objectCount, weightsOf, type Decided } from './decided.ts'
import { fitLinear, linearScore, type LinearModel } from './linear-model.ts'
import type { Matrix } from './matrix.ts'
import { nearness, neighbourVote, similarities } from './neighbour-vote.ts'
import { targetsOf } from './targets.ts'

/** Weight of the base model, in decided objects. */
const baseObjects = 1

/** The model of a facet's decided objects, fitted once and applied to every open picture. */
export interface FacetModel {
  /** Decided objects. */
  readonly count: number
  readonly embeddings: Matrix
  readonly weights: Float64Array
  readonly targets: Matrix
  readonly linear: LinearModel
}

/** The components of an open picture's scores, one value per term each; their sum, in 0..1, ranks the terms. */
export interface ScoreParts {
  readonly neighbours: Float64Array
  readonly linear: Float64Array
  readonly base: Float64Array
}

/**
 * Fits a facet to its decisions. Null if there are none: only the base model counts.
 * @param squares - see `fitLinear`
 */
export function fitFacet(decided: Decided, squares: Matrix | null = null): FacetModel | null {
  const count = objectCount(decided)
  if (count === 0) return null
  const weights = weightsOf(decided)
  const targets = targetsOf(decided, weights)
  const linear = fitLinear(decided.embeddings, targets, weights, squares)
  return { count, embeddings: decided.embeddings, weights, targets, linear }
}

/** Scores the terms of an open picture; `base` are the base model's probabilities. */
export function scoreParts(model: FacetModel | null, embedding: Float64Array, base: Float64Array): ScoreParts {
  if (model === null) return { neighbours: new Float64Array(base.length), linear: new Float64Array(base.length), base }
  const vote = neighbourVote(nearness(similarities(model.embeddings, embedding), model.weights), model.targets)
  const linear = linearScore(model.linear, embedding)
  const own = model.count / (model.count + baseObjects) / 2
  return {
    neighbours: vote.map((value) => own * value),
    linear: linear.map((value) => own * value),
    base: base.map((value) => (value * baseObjects) / (model.count + baseObjects))
  }
}

/** The score of every term: the sum of its parts. */
export function scoresOf({ neighbours, linear, base }: ScoreParts): Float64Array {
  return base.map((value, term) => value + (neighbours[term] as number) + (linear[term] as number))
}
