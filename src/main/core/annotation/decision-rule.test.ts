/** Random decisions, undo, redo, rules and restarts: the database holds what the pure rule of the page gives. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decidedRecord, openSuggestions } from '../../../shared/domain/decided-record.ts'
import { facets } from '../../../shared/model/facet.ts'
import type { Decision, ObjectRecord } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { annotationBench, bronze, ceramica, flora, gerro, olla, plat, pot, vocabulary, type AnnotationBench } from './annotation.fixture.ts'

const author = 'Maria Puig'
const suggested: readonly (readonly [TermKey, number, string?])[] = [
  [gerro, 0.7, '2'],
  [pot, 0.2, '3'],
  [ceramica, 0.9, '5'],
  [bronze, 0.05, '6']
]

type Part = Decision extends infer Each ? (Each extends Decision ? Omit<Each, 'objectId'> : never) : never
type Step = { readonly do: 'decide'; readonly object: number; readonly part: Part } | { readonly do: 'undo' | 'redo' | 'rule' | 'reopen' }

const objectTypes = fc.constantFrom(gerro, pot, olla, plat)
const facet = fc.constantFrom(...facets)
const part: fc.Arbitrary<Part> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('term' as const),
      term: fc.oneof(objectTypes, fc.constantFrom(ceramica, bronze, flora)),
      state: fc.constantFrom('open' as const, 'accepted' as const, 'rejected' as const, 'uncertain' as const),
      certainty: fc.constantFrom('certain' as const, 'probable' as const)
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replace' as const), from: objectTypes, to: objectTypes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rejectRest' as const), facet }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('facet' as const),
      facet,
      state: fc.constantFrom('open' as const, 'closed' as const, 'notApplicable' as const, 'notVisible' as const)
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('note' as const), note: fc.constantFrom('', 'a', 'b\u0000') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flag' as const), flagged: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('field' as const), fieldId: fc.constant(1), value: fc.constantFrom('', 'Sala 1', ' Sala  2') })
  }
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('decide' as const), object: fc.nat(1), part }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'undo' as const, 'redo' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('rule' as const, 'reopen' as const) }) }
)

/** The rule "the first of each facet" on one record: open facets only, and terms that nobody has decided about. */
function byRule(record: ObjectRecord): ObjectRecord {
  return {
    ...record,
    facets: record.facets.map((each) => {
      const first = each.suggestions[0]
      if (each.state !== 'open' || first === undefined || !openSuggestions(each).includes(first.term)) return each
      const { term, runId, rank, probability } = first
      const accepted = { term, state: 'accepted', certainty: 'certain', author, at: '', by: 'rule' } as const
      return { ...each, annotations: [...each.annotations, { ...accepted, suggested: { runId, rank, probability } }] }
    })
  }
}

/** A record without times, and with annotations in the order of their keys: "reject the rest" takes all in one action. */
function comparable(record: ObjectRecord): ObjectRecord {
  return {
    ...record,
    fields: record.fields.map((field) => ({ ...field, at: field.at === null ? null : 'then' })),
    facets: record.facets.map((each) => ({
      ...each,
      decidedAt: each.decidedAt === null ? null : 'then',
      annotations: each.annotations.map((annotation) => ({ ...annotation, at: 'then' })).sort((a, b) => (a.term.key < b.term.key ? -1 : 1))
    }))
  }
}

/**
 * Takes steps on two new objects with suggestions and compares them with the pure rule after each. `opened` holds the bench,
 * which a restart replaces. @returns how many actions changed something
 */
async function play(opened: { here: AnnotationBench }, steps: readonly Step[]): Promise<number> {
  let { here } = opened
  const run = here.filler.run()
  const ids = ['a', 'b'].map((name) => {
    const { id, images } = here.filler.object(`MUS ${run}.${name}`)
    here.filler.predict(run, images[0] ?? 0, suggested)
    return id
  })
  let present = await Promise.all(ids.map((id) => here.annotations.record(id)))
  const past: (typeof present)[] = []
  let future: (typeof present)[] = []
  let decisions = 0

  function enter(next: typeof present): void {
    past.push(present)
    future = []
    present = next
    decisions++
  }
  async function travel(direction: 'undo' | 'redo', from: (typeof present)[], to: (typeof present)[]): Promise<void> {
    const target = from.pop()
    if (target === undefined) return
    const { action, kept } = await here.annotations[direction]()
    expect([action === null, kept]).toEqual([false, 0])
    to.push(present)
    present = target
  }
  async function take(next: Step): Promise<void> {
    switch (next.do) {
      case 'undo':
        return travel('undo', past, future)
      case 'redo':
        return travel('redo', future, past)
      case 'reopen':
        here = opened.here = await here.reopen()
        return
      case 'rule':
        await here.accept({ top: 1, minProbability: null, reason: 'test' })
        return enter(present.map(byRule))
      case 'decide': {
        const decision = { ...next.part, objectId: ids[next.object] ?? 0 } as Decision
        const before = present[next.object] as ObjectRecord
        const after = decidedRecord(before, decision, { author, at: 'then', term: vocabulary.term })
        const { record } = await here.annotations.apply(decision)
        expect(comparable(record)).toEqual(comparable(after))
        if (after !== before) enter(present.with(next.object, after))
      }
    }
  }
  for (const next of steps) {
    await take(next)
    const stored = await Promise.all(ids.map((id) => here.annotations.record(id)))
    expect(stored.map(comparable)).toEqual(present.map(comparable))
  }
  return decisions
}

it('stores, undoes and repeats what the pure rule says, whatever is decided', async () => {
  const opened = { here: await annotationBench() }
  expect(await opened.here.catalogue.write('addField', { kind: 'text', name: 'Sala' })).toMatchObject([{ id: 1 }])
  let decisions = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      decisions += await play(opened, steps)
    }),
    { numRuns: 40, seed: 20260 }
  )
  expect(decisions).toBeGreaterThan(200)
})
