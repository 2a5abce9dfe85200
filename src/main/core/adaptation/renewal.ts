import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { LearnedPicture } from './catalogue-model.ts'
import type { Learner } from './learner.ts'
import type { OpenObject } from './reads.ts'
import type { Teacher } from './teacher.ts'
import type { TermSpace } from './term-space.ts'
import type { AdaptedPicture } from './writes.ts'

export interface RenewalParts {
  readonly catalogue: Pick<Catalogue, 'read' | 'write'>
  readonly learner: Learner
  readonly teacher: Teacher
  readonly terms: TermSpace
  /** A picture less similar than this to all known ones counts as outside what the model knows. */
  readonly threshold: number
}

/** Stores the new suggestions of objects, for those of the facets that are open. Returns the updated objects. */
export async function renewObjects(
  { catalogue, learner, teacher, terms, threshold }: RenewalParts,
  objects: readonly OpenObject[],
  wanted: readonly Facet[] = facets
): Promise<number[]> {
  const renewed = new Set<number>()
  for (const facet of wanted) {
    const open = objects.filter((object) => object.open.includes(facet) && object.images.length > 0)
    if (open.length === 0) continue
    const pictures = await teacher.pictures(
      facet,
      open.flatMap(({ images }) => images)
    )
    const learned = await learner.ask('score', facet, pictures, [])
    let left = learned.map((picture) => adaptedPicture(facet, picture, terms, threshold))
    while (left.length > 0) left = left.slice(await catalogue.write('storeAdapted', { pictures: left, at: new Date().toISOString() }))
    for (const { objectId } of open) renewed.add(objectId)
  }
  return [...renewed]
}

function adaptedPicture(
  facet: Facet,
  { imageId, nearest, terms: learned }: LearnedPicture,
  terms: TermSpace,
  threshold: number
): AdaptedPicture {
  const outside = nearest < threshold ? 1 : 0
  return {
    imageId,
    facet,
    terms: learned.flatMap(({ key, score, probability, neighbours, linear, base }) => {
      const term = terms.reference(key satisfies TermKey)
      return term === null
        ? []
        : [{ term, score: round(score), probability: round(probability), evidence: rounded({ neighbours, linear, base, outside }) }]
    })
  }
}

/** Seven digits hold all that single precision can tell. */
function round(value: number): number {
  return Number(value.toPrecision(7))
}

function rounded(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]))
}
