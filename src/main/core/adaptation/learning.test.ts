import { expect, it, onTestFinished, vi } from 'vitest'
import { facetOf, type Facet } from '../../../shared/model/facet.ts'
import type { ObjectRecord } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { annotationBench, gerro, plat, pot, vocabulary, type AnnotationBench } from '../annotation/annotation.fixture.ts'
import type { Encoder } from '../inference/encoder.ts'
import { createLog } from '../log/log.ts'
import { toHalf } from './half-precision.ts'
import { createLearning, type Learning } from './learning.ts'

// Each test starts a thread.
vi.setConfig({ testTimeout: 60_000 })

const encoder = { sha256: 'encoder', mean: [0, 0, 0, 0], bundle: {} as Encoder['bundle'] }
const prototypes = { rows: 1, columns: 4, values: Float64Array.of(0, 0, 0, 1) }
const terms = { ...vocabulary, assignable: (key: TermKey) => vocabulary.term(key).assignable, broaderKeys: () => [] }

/** Two kinds of objects by look: vases lie along the first axis, plates along the second. */
const look = { vase: [1, 0.1, 0, 0], plate: [0.1, 1, 0, 0], strange: [0, 0, 1, 0] }

interface Bench extends AnnotationBench {
  readonly learning: Learning
  /** Adds an object with an embedded picture, for which the model suggests a pot. */
  add(number: string, kind: keyof typeof look): Promise<number>
  close(objectId: number, term: TermKey): Promise<void>
  suggested(objectId: number, facet?: Facet): Promise<ObjectRecord['facets'][number]['suggestions']>
}

async function bench(): Promise<Bench> {
  const at = await annotationBench()
  const learning = createLearning({
    catalogue: at.catalogue,
    parts: { encoder, known: { prototypes, threshold: 0.5 } },
    vocabulary: terms,
    publish: () => undefined,
    log: createLog({ folder: null })
  })
  onTestFinished(() => learning.close())
  const run = at.filler.run()
  const decide: AnnotationBench['annotations']['apply'] = async (decision) => {
    const done = await at.annotations.apply(decision)
    learning.decided(decision.objectId)
    return done
  }
  const record = async (objectId: number, facet: Facet): Promise<ObjectRecord['facets'][number]> => {
    const found = (await at.annotations.record(objectId)).facets.find((each) => each.facet === facet)
    if (found === undefined) throw new Error(facet)
    return found
  }
  return {
    ...at,
    learning,
    async add(number, kind) {
      const { id, images } = at.filler.object(number)
      const [image = 0] = images
      at.filler.predict(run, image, [[pot, 0.6, '3']])
      const rows = [{ imageId: image, vector: toHalf(Float32Array.from(look[kind])) }]
      await at.catalogue.write('storeEmbeddings', { encoder: encoder.sha256, rows })
      return id
    },
    async close(objectId, term) {
      await decide({ kind: 'term', objectId, term, state: 'accepted', certainty: 'certain' })
      await decide({ kind: 'facet', objectId, facet: facetOf(term), state: 'closed' })
    },
    suggested: async (objectId, facet = 'objectTypes') => (await record(objectId, facet)).suggestions
  }
}

const best = async (at: Bench, objectId: number): Promise<TermKey | undefined> => (await at.suggested(objectId))[0]?.term.key
const becomes = async (at: Bench, objectId: number, term: TermKey): Promise<void> =>
  void (await expect.poll(() => best(at, objectId), { timeout: 30_000 }).toBe(term))

it('suggests what was decided about look-alikes, also terms that no model knows, and says where that comes from', async () => {
  const at = await bench()
  const [vase, plate, openVase, openPlate] = [
    await at.add('1', 'vase'),
    await at.add('2', 'plate'),
    await at.add('3', 'vase'),
    await at.add('4', 'plate')
  ]
  expect(await best(at, openVase)).toBe(pot)
  await at.close(vase, gerro)
  await at.close(plate, plat)
  await becomes(at, openVase, gerro)
  await becomes(at, openPlate, plat)
  const [first, ...others] = await at.suggested(openVase)
  expect(first?.evidence?.base).toBe(0)
  expect(first?.score).toBeCloseTo((first?.evidence?.neighbours ?? 0) + (first?.evidence?.linear ?? 0), 5)
  // What the model alone says counts as one decided object, and is said to be its own.
  expect(others.find(({ term }) => term.key === pot)).toMatchObject({ evidence: null, score: expect.closeTo(0.2, 5) })
  expect((await at.annotations.record(openVase)).run?.kind).toBe('adapted')
  expect((await at.learning.why(openVase, gerro)).map(({ objectId }) => objectId)).toEqual([vase])
  // What was decided keeps what was suggested then.
  expect((await at.annotations.record(vase)).run?.kind).toBe('model')
})

it('learns nothing from an open facet, and forgets what is undone', async () => {
  const at = await bench()
  const [first, second, open] = [await at.add('1', 'vase'), await at.add('2', 'vase'), await at.add('3', 'vase')]
  await at.annotations.apply({ kind: 'term', objectId: first, term: gerro, state: 'accepted', certainty: 'certain' })
  at.learning.decided(first)
  await at.close(second, plat)
  await becomes(at, open, plat)
  expect((await at.suggested(open)).map(({ term }) => term.key)).not.toContain(gerro)
  await at.annotations.undo()
  at.learning.decided(second)
  await becomes(at, open, pot)
})

it('shows what the model alone says when it is switched off, and learns again when it is switched on', async () => {
  const at = await bench()
  const [decided, open] = [await at.add('1', 'vase'), await at.add('2', 'vase')]
  await at.close(decided, gerro)
  await becomes(at, open, gerro)
  expect((await at.learning.set(false)).on).toBe(false)
  expect(await best(at, open)).toBe(pot)
  expect((await at.annotations.record(open)).run?.kind).toBe('model')
  await at.learning.set(true)
  await becomes(at, open, gerro)
})

it('counts decisions from after a reset only', async () => {
  const at = await bench()
  const [vase, plate, open] = [await at.add('1', 'vase'), await at.add('2', 'plate'), await at.add('3', 'vase')]
  await at.close(vase, gerro)
  await becomes(at, open, gerro)
  await at.learning.reset()
  expect(await best(at, open)).toBe(pot)
  await at.close(plate, plat)
  await becomes(at, open, plat)
  expect((await at.suggested(open)).map(({ term }) => term.key)).not.toContain(gerro)
})

it('tells pictures apart that are unlike all that is known', async () => {
  const at = await bench()
  const [decided, alike, strange] = [await at.add('1', 'vase'), await at.add('2', 'vase'), await at.add('3', 'strange')]
  await at.close(decided, gerro)
  await becomes(at, alike, gerro)
  await expect.poll(async () => (await at.suggested(strange))[0]?.evidence ?? null, { timeout: 30_000 }).not.toBeNull()
  const outside = async (objectId: number): Promise<boolean | undefined> =>
    (await at.annotations.record(objectId)).facets.find(({ facet }) => facet === 'objectTypes')?.outside
  expect(await outside(alike)).toBe(false)
  expect(await outside(strange)).toBe(true)
})

it('puts the objects first that represent most others', async () => {
  const at = await bench()
  const [strange, vase, other, third] = [
    await at.add('1', 'strange'),
    await at.add('2', 'vase'),
    await at.add('3', 'vase'),
    await at.add('4', 'vase')
  ]
  const { ids } = await at.annotations.ids({ text: '', status: [], flagged: null, suggested: null }, 'workList')
  expect(ids).toEqual([strange, vase, other, third])
  expect(await at.learning.workList(ids)).toEqual([vase, strange, other, third])
  expect(await at.learning.workList([third, strange])).toEqual([strange, third])
})

it('says that it cannot learn where the encoder is not there', async () => {
  const { catalogue } = await annotationBench()
  const learning = createLearning({ catalogue, parts: null, vocabulary: terms, publish: () => undefined, log: createLog({ folder: null }) })
  expect(await learning.state()).toMatchObject({ available: false, on: false })
  await expect(learning.why(1, pot)).rejects.toMatchObject({ code: 'learning.unavailable' })
  await expect(learning.set(true)).rejects.toMatchObject({ code: 'learning.unavailable' })
})
