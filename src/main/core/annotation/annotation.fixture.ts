/** An open catalogue with a small vocabulary and the people's side of it, for tests. */
import { onTestFinished } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { Term, TermKey } from '../../../shared/model/term.ts'
import type { TermState } from '../../../shared/model/record.ts'
import { fill, temporaryFolder, type Filler } from '../catalogue/catalogue.fixture.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { createAnnotations, type Annotations } from './annotation.ts'
import type { TermSource } from './hydrate.ts'

/** Terms by key: labels, AAT id, and whether they are guide terms. `pot` and `olla` are one concept at two places. */
const terms: Record<TermKey, { ca: string; en: string; aatId: string | null; guide?: true }> = {
  'objectTypes/atuells': { ca: 'atuells', en: 'vessels', aatId: '1', guide: true },
  'objectTypes/atuells | gerro': { ca: 'gerro', en: 'vase', aatId: '2' },
  'objectTypes/atuells | pot': { ca: 'pot', en: 'pot', aatId: '3' },
  'objectTypes/cuina | olla': { ca: 'olla', en: 'pot', aatId: '3' },
  'objectTypes/atuells | plat': { ca: 'plat', en: 'plate', aatId: null },
  'materials/ceràmica': { ca: 'ceràmica', en: 'ceramic', aatId: '5' },
  'materials/metall | bronze': { ca: 'bronze', en: 'bronze', aatId: '6' },
  'subjects/flora': { ca: 'flora', en: 'flora', aatId: '7' }
}

export const gerro = 'objectTypes/atuells | gerro'
export const pot = 'objectTypes/atuells | pot'
export const olla = 'objectTypes/cuina | olla'
export const plat = 'objectTypes/atuells | plat'
export const ceramica = 'materials/ceràmica'
export const bronze = 'materials/metall | bronze'
export const flora = 'subjects/flora'

export const vocabulary: TermSource = {
  has: (key) => key in terms,
  term(key): Term {
    const found = terms[key]
    if (found === undefined) throw new Error(`unknown ${key}`)
    const labels = { ca: found.ca, en: found.en }
    return { key, facet: facetOf(key), aatId: found.aatId, labels, path: [labels], assignable: found.guide !== true }
  }
}

/** What a test works with; `as` lets another person work, `reopen` closes the catalogue and opens it again. */
export interface AnnotationBench {
  readonly catalogue: Catalogue
  readonly annotations: Annotations
  readonly events: CoreEvent[]
  readonly filler: Filler
  as(author: string): void
  reopen(): Promise<AnnotationBench>
}

export async function annotationBench(): Promise<AnnotationBench> {
  return sit(await createCatalogue(temporaryFolder(), 'test'))
}

function sit(catalogue: Catalogue): AnnotationBench {
  onTestFinished(() => catalogue.close())
  const filler = fill(catalogue.folder)
  onTestFinished(() => filler.close())
  const events: CoreEvent[] = []
  let author = 'Maria Puig'
  return {
    catalogue,
    annotations: createAnnotations({ catalogue, vocabulary, author: () => author, publish: (event) => events.push(event) }),
    events,
    filler,
    as(name) {
      author = name
    },
    async reopen() {
      filler.close()
      await catalogue.close()
      return sit(await openCatalogue(catalogue.folder))
    }
  }
}

/** The decided terms of an object, by key. */
export async function decided(annotations: Annotations, objectId: number): Promise<Record<TermKey, Exclude<TermState, 'open'>>> {
  const record = await annotations.record(objectId)
  return Object.fromEntries(record.facets.flatMap(({ annotations: list }) => list.map(({ term, state }) => [term.key, state])))
}

/** How many actions and events the catalogue holds. */
export function written({ filler }: AnnotationBench): { actions: number; events: number } {
  const count = (table: string): number => (filler.connection.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
  return { actions: count('action'), events: count('event') }
}
