/** Hundreds of random decisions, undo, redo and restarts, compared with a simple model that keeps whole states. */
import { expect, it, vi } from 'vitest'
import { objectStatus } from '../../../shared/domain/object-status.ts'
import { facetOf, facets, perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { Certainty, Decision, FacetState, ObjectRecord, TermState } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { bronze, ceramica, annotationBench, flora, gerro, olla, plat, pot } from './annotation.fixture.ts'

vi.setConfig({ testTimeout: 120_000 })

const steps = 400
const keys = [gerro, pot, olla, plat, ceramica, bronze, flora]
const suggested: readonly (readonly [TermKey, number, string?])[] = [
  [gerro, 0.7, '2'],
  [pot, 0.2, '3'],
  [ceramica, 0.9, '5'],
  [bronze, 0.05, '6']
]

interface ModelTerm {
  readonly key: TermKey
  readonly state: Exclude<TermState, 'open'>
  readonly certainty: Certainty
  readonly by: 'person' | 'rule'
}
interface ModelObject {
  readonly terms: Record<string, ModelTerm>
  readonly facets: Record<Facet, FacetState>
  readonly note: string
  readonly flagged: boolean
}
type Model = Record<number, ModelObject>

/** `pot` and `olla` are one concept. */
const conceptOf = (key: TermKey): string => (key === olla ? pot : key)

function withTerm(object: ModelObject, key: TermKey, state: TermState, certainty: Certainty, by: ModelTerm['by'] = 'person'): ModelObject {
  const concept = conceptOf(key)
  const present = object.terms[concept]
  const meant = state === 'accepted' ? certainty : 'certain'
  if (state === 'open' ? present === undefined : present?.state === state && present.certainty === meant && present.by === by) return object
  const others = Object.fromEntries(Object.entries(object.terms).filter(([other]) => other !== concept))
  const terms = state === 'open' ? others : { ...others, [concept]: { key, state, certainty: meant, by } }
  return { ...object, terms, facets: { ...object.facets, [facetOf(key)]: 'open' } }
}

function decide(object: ModelObject, decision: Decision): ModelObject {
  switch (decision.kind) {
    case 'term':
      return withTerm(object, decision.term, decision.state, decision.certainty)
    case 'replace': {
      if (conceptOf(decision.from) === conceptOf(decision.to)) return object
      const from = object.terms[conceptOf(decision.from)]
      const without = from?.state === 'rejected' ? object : withTerm(object, decision.from, 'open', 'certain')
      return withTerm(without, decision.to, 'accepted', from?.state === 'accepted' ? from.certainty : 'certain')
    }
    case 'rejectRest': {
      const open = suggested.filter(([key]) => facetOf(key) === decision.facet && object.terms[conceptOf(key)] === undefined)
      return open.reduce((changed, [key]) => withTerm(changed, key, 'rejected', 'certain'), object)
    }
    case 'facet':
      return object.facets[decision.facet] === decision.state
        ? object
        : { ...object, facets: { ...object.facets, [decision.facet]: decision.state } }
    case 'note':
      return object.note === decision.note ? object : { ...object, note: decision.note }
    case 'flag':
      return object.flagged === decision.flagged ? object : { ...object, flagged: decision.flagged }
  }
}

/** The rule "the first of each facet" on one object. */
function byRule(object: ModelObject): ModelObject {
  return ([gerro, ceramica] as const).reduce(
    (changed, key) =>
      changed.facets[facetOf(key)] !== 'open' || changed.terms[conceptOf(key)] !== undefined
        ? changed
        : withTerm(changed, key, 'accepted', 'certain', 'rule'),
    object
  )
}

/** Mulberry32: the same decisions in every run of this test. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A record in the terms of the model. */
function seen(record: ObjectRecord): ModelObject & { status: string } {
  const terms = record.facets.flatMap(({ annotations }) =>
    annotations.map(({ term: { key }, state, certainty, by }) => [conceptOf(key), { key, state, certainty, by }] as const)
  )
  const states = Object.fromEntries(record.facets.map(({ facet, state }) => [facet, state])) as Record<Facet, FacetState>
  return { terms: Object.fromEntries(terms), facets: states, note: record.note, flagged: record.flagged, status: record.status }
}

it('holds what a simple model holds, whatever is decided, taken back, repeated and restarted', async () => {
  let here = await annotationBench()
  const next = random(20260)
  const one = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  const run = here.filler.run()
  let model: Model = {}
  for (let number = 0; number < 4; number++) {
    const { id, images } = here.filler.object(`MUS ${number}`)
    here.filler.predict(run, images[0] ?? 0, suggested)
    model[id] = { terms: {}, facets: perFacet(() => 'open'), note: '', flagged: false }
  }
  const ids = Object.keys(model).map(Number)
  const past: Model[] = []
  let future: Model[] = []

  function randomDecision(): Decision {
    const objectId = one(ids)
    const make: (() => Decision)[] = [
      () => ({
        kind: 'term',
        objectId,
        term: one(keys),
        state: one(['open', 'accepted', 'rejected', 'uncertain']),
        certainty: one(['certain', 'probable'])
      }),
      () => ({ kind: 'replace', objectId, from: one([gerro, pot, plat]), to: one([gerro, olla, plat]) }),
      () => ({ kind: 'rejectRest', objectId, facet: one(facets) }),
      () => ({ kind: 'facet', objectId, facet: one(facets), state: one(['open', 'closed', 'notApplicable', 'notVisible']) }),
      () => ({ kind: 'note', objectId, note: one(['', 'a', 'b']) }),
      () => ({ kind: 'flag', objectId, flagged: one([true, false]) })
    ]
    return one([make[0], ...make] as (() => Decision)[])()
  }
  async function step(): Promise<void> {
    const choice = next()
    if (choice < 0.2) {
      const { action, kept } = await here.annotations.undo()
      const before = past.pop()
      expect([action === null, kept]).toEqual([before === undefined, 0])
      if (before === undefined) return
      future.push(model)
      model = before
    } else if (choice < 0.35) {
      const { action, kept } = await here.annotations.redo()
      const after = future.pop()
      expect([action === null, kept]).toEqual([after === undefined, 0])
      if (after === undefined) return
      past.push(model)
      model = after
    } else if (choice < 0.37) {
      await here.accept({ top: 1, minProbability: null, reason: 'test' })
      past.push(model)
      future = []
      model = Object.fromEntries(ids.map((id) => [id, byRule(model[id] as ModelObject)]))
    } else {
      const decision = randomDecision()
      await here.annotations.apply(decision)
      const before = model[decision.objectId] as ModelObject
      const after = decide(before, decision)
      if (JSON.stringify(after) === JSON.stringify(before)) return
      past.push(model)
      future = []
      model = { ...model, [decision.objectId]: after }
    }
  }
  for (let number = 1; number <= steps; number++) {
    await step()
    if (number % 100 === 0) here = await here.reopen()
    for (const id of ids) {
      const expected = model[id] as ModelObject
      expect(seen(await here.annotations.record(id)), `object ${id} after step ${number}`).toEqual({
        ...expected,
        status: objectStatus(Object.values(expected.facets))
      })
    }
  }
  expect(past.length).toBeGreaterThan(20)
})
