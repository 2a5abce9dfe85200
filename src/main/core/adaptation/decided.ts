import { rowsOf, type Matrix } from './matrix.ts'

/**
 * The pictures of decided objects in the order of their decisions, for one facet (docs/science.md, "Learning from the first
 * decisions"). The pictures of an object are adjacent.
 */
export interface Decided {
  /** (pictures, features): the encoder's embeddings, centred and normalised to length one. */
  readonly embeddings: Matrix
  /** (pictures, terms): 1 if the term is right, 0 if it is wrong, -1 if unknown. */
  readonly known: Matrix
  /** (pictures, terms): the base model's probabilities, 0 for a term it does not know. */
  readonly base: Matrix
  /** The object of each picture, numbered from 0 in the order of decision, without gaps. */
  readonly objects: Int32Array
}

/** How many objects were decided. */
export function objectCount({ objects }: Decided): number {
  return (objects.at(-1) ?? -1) + 1
}

/** The weight of each picture: the pictures of an object share one vote. */
export function weightsOf({ objects }: Decided): Float64Array {
  const counts = new Float64Array((objects.at(-1) ?? -1) + 1)
  for (const object of objects) counts[object] = (counts[object] as number) + 1
  return Float64Array.from(objects, (object) => 1 / (counts[object] as number))
}

/** The number of pictures of the first `count` objects. */
export function picturesBefore({ objects }: Decided, count: number): number {
  let [low, high] = [0, objects.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((objects[middle] as number) < count) low = middle + 1
    else high = middle
  }
  return low
}

/** The first `count` objects alone, as views. */
export function firstObjects(decided: Decided, count: number): Decided {
  const end = picturesBefore(decided, count)
  const { embeddings, known, base, objects } = decided
  return {
    embeddings: rowsOf(embeddings, 0, end),
    known: rowsOf(known, 0, end),
    base: rowsOf(base, 0, end),
    objects: objects.subarray(0, end)
  }
}
