import { facets, type Facet } from '../../../../../shared/model/facet.ts'
import type { Annotation, FacetRecord, ObjectRecord, Run, Suggestion } from '../../../../../shared/model/record.ts'
import type { Term } from '../../../../../shared/model/term.ts'

/** Makers of the models' data for tests of the record view. */
export function exampleTerm(facet: Facet, path: string): Term {
  const names = path.split(' | ')
  const name = names.at(-1) ?? path
  return {
    key: `${facet}/${path}`,
    facet,
    aatId: null,
    labels: { ca: name, en: `en ${name}` },
    path: names.map((each) => ({ ca: each, en: `en ${each}` })),
    assignable: true
  }
}

export function exampleSuggestion(facet: Facet, path: string, rank: number, probability = 1 / (rank + 1)): Suggestion {
  return {
    term: exampleTerm(facet, path),
    rank,
    score: probability,
    probability,
    members: { ml: probability, s: probability / 2 },
    runId: 7,
    evidence: null
  }
}

export function exampleAnnotation(facet: Facet, path: string, state: Annotation['state'] = 'accepted'): Annotation {
  return {
    term: exampleTerm(facet, path),
    state,
    certainty: 'certain',
    author: 'MP',
    at: '2026-03-12T10:00:00.000Z',
    by: 'person',
    suggested: null
  }
}

export function exampleFacet(facet: Facet, change: Partial<FacetRecord> = {}): FacetRecord {
  return { facet, state: 'open', decidedBy: null, decidedAt: null, outside: false, suggestions: [], annotations: [], ...change }
}

export const exampleRun: Run = {
  id: 7,
  bundleId: 'starter',
  bundleVersion: '1.0.0',
  kind: 'model',
  device: 'CPU',
  startedAt: '2026-03-10T10:00:00.000Z',
  finishedAt: '2026-03-10T10:05:00.000Z',
  images: 24
}

export function exampleRecord(id: number, changes: Partial<Record<Facet, Partial<FacetRecord>>> = {}): ObjectRecord {
  return {
    id,
    inventoryNumber: `MUS ${id}`,
    label: `MUS ${id}`,
    status: 'new',
    flagged: false,
    note: '',
    fields: [],
    images: [],
    facets: facets.map((facet) => exampleFacet(facet, changes[facet])),
    run: exampleRun
  }
}
