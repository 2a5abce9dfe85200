import { expect, it } from 'vitest'
import type { Decision } from '../../../shared/model/record.ts'
import { annotationBench, bronze, decided, gerro, type AnnotationBench } from './annotation.fixture.ts'
import { sliceObjects } from './slice.ts'

/** More objects than fit into three slices. */
const many = 3 * sliceObjects + 10
const rule = { top: 1, minProbability: null, reason: 'first pass' }
const note = (objectId: number): Decision => ({ kind: 'note', objectId, note: 'a person at work' })

/** Fills a catalogue with objects that each have one suggestion; returns their ids. */
function fillMany({ filler }: AnnotationBench, count = many): number[] {
  return filler.connection.transaction(() => {
    const run = filler.run()
    return Array.from({ length: count }, (_, index) => {
      const { id, images } = filler.object(`MUS ${index}`)
      filler.predict(run, images[0] ?? 0, [[bronze, 0.9, '6']])
      return id
    })
  })()
}

const acceptedCount = async ({ annotations }: AnnotationBench): Promise<number> =>
  (await annotations.statistics()).facets.materials.accepted

it.each([
  ['acceptSlice', 'a rule'],
  ['reverseSlice', 'an undo']
])('stores a decision during the slices (%s) of %s after one slice at most', async (slice) => {
  const log: string[] = []
  let atFirstSlice: (() => void) | null = null
  const bench = await annotationBench((operation, what) => {
    log.push(`${operation} ${what}`)
    if (operation === slice && what === 'answered') {
      atFirstSlice?.()
      atFirstSlice = null
    }
  })
  const [first = 0] = fillMany(bench)
  if (slice === 'reverseSlice') await bench.accept(rule)
  log.length = 0
  const decision = new Promise<void>((resolve, reject) => {
    atFirstSlice = () => void bench.annotations.apply(note(first)).then(() => resolve(), reject)
  })
  const jobId = slice === 'acceptSlice' ? await bench.annotations.acceptRule(rule) : (await bench.annotations.undo()).jobId
  await decision
  expect(await bench.ended(jobId ?? 0)).toMatchObject({ state: 'done', done: many, total: many })
  const asked = log.indexOf('applyDecision asked')
  const answered = log.indexOf('applyDecision answered')
  const slices = (part: string[]): number => part.filter((line) => line === `${slice} answered`).length
  expect(asked).toBeGreaterThan(0)
  expect(slices(log.slice(asked, answered))).toBeLessThanOrEqual(1)
  expect(slices(log.slice(answered))).toBeGreaterThanOrEqual(1)
  expect((await bench.annotations.record(first)).note).toBe('a person at work')
})

it('is one action, which one undo takes back and one redo repeats', async () => {
  const bench = await annotationBench()
  fillMany(bench)
  expect(await bench.accept(rule)).toMatchObject({ result: { changes: many, objects: many } })
  expect(await acceptedCount(bench)).toBe(many)
  const undone = await bench.annotations.undo()
  expect(undone).toMatchObject({ action: { kind: 'rule', changes: many }, kept: 0 })
  expect(await bench.ended(undone.jobId ?? 0)).toMatchObject({ state: 'done', result: { changes: many, objects: many, kept: 0 } })
  expect(await acceptedCount(bench)).toBe(0)
  expect(await bench.annotations.undoState()).toMatchObject({ undo: null, redo: { kind: 'rule' } })
  const redone = await bench.annotations.redo()
  await bench.ended(redone.jobId ?? 0)
  expect(await acceptedCount(bench)).toBe(many)
  expect(await bench.annotations.undoState()).toMatchObject({ undo: { kind: 'rule', changes: many }, redo: null })
  const kinds = (await bench.annotations.history({ objectId: null, before: null, limit: 10 })).map(({ kind }) => kind)
  expect(kinds).toEqual(['redo', 'undo', 'rule'])
})

it('can be stopped between two slices and resumed', async () => {
  let stop: (() => void) | null = null
  const bench = await annotationBench((operation, what) => {
    if (operation === 'acceptSlice' && what === 'answered') stop?.()
  })
  fillMany(bench)
  const stopped = new Promise((resolve) => {
    stop = () => {
      stop = null
      resolve(bench.jobs.list().then(([job]) => bench.jobs.stop(job?.id ?? 0)))
    }
  })
  const jobId = await bench.annotations.acceptRule(rule)
  await stopped
  expect(await bench.ended(jobId)).toMatchObject({ state: 'stopped' })
  const half = await acceptedCount(bench)
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(many)
  await bench.jobs.resume(jobId)
  expect(await bench.ended(jobId)).toMatchObject({ state: 'done', total: many - half, result: { changes: many, objects: many } })
  expect(await acceptedCount(bench)).toBe(many)
})

it('undoes a half-done rule as a whole, and does not resume it then', async () => {
  const bench = await annotationBench()
  fillMany(bench)
  const actionId = await bench.catalogue.write('beginRule', { rule, author: 'Maria Puig', at: 'now' })
  await bench.catalogue.write('acceptSlice', actionId)
  expect(await acceptedCount(bench)).toBeGreaterThan(0)
  const { jobId } = await bench.annotations.undo()
  expect(await bench.ended(jobId ?? 0)).toMatchObject({ state: 'done' })
  expect(await acceptedCount(bench)).toBe(0)
  await expect(bench.catalogue.write('acceptSlice', actionId)).rejects.toMatchObject({ code: 'annotation.ruleTakenBack' })
})

it('continues an interrupted undo with the next undo', async () => {
  let bench = await annotationBench()
  fillMany(bench)
  const { result } = await bench.accept(rule)
  const input = { direction: 'undo', actionId: Number(result?.['actionId']), author: 'Maria Puig', at: 'now' } as const
  const reversing = await bench.catalogue.write('beginReversal', input)
  await bench.catalogue.write('reverseSlice', reversing ?? 0)
  bench = await bench.reopen()
  const half = await acceptedCount(bench)
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(many)
  const { jobId } = await bench.annotations.undo()
  expect(await bench.ended(jobId ?? 0)).toMatchObject({ total: half, result: { changes: many, objects: many, kept: 0 } })
  expect(await acceptedCount(bench)).toBe(0)
  const again = await bench.annotations.redo()
  await bench.ended(again.jobId ?? 0)
  expect(await acceptedCount(bench)).toBe(many)
})

it('undoes what an interrupted redo had repeated', async () => {
  const bench = await annotationBench()
  fillMany(bench)
  const { result } = await bench.accept(rule)
  await bench.ended((await bench.annotations.undo()).jobId ?? 0)
  const input = { direction: 'redo', actionId: Number(result?.['actionId']), author: 'Maria Puig', at: 'now' } as const
  await bench.catalogue.write('reverseSlice', (await bench.catalogue.write('beginReversal', input)) ?? 0)
  expect(await acceptedCount(bench)).toBeGreaterThan(0)
  await bench.ended((await bench.annotations.undo()).jobId ?? 0)
  expect(await acceptedCount(bench)).toBe(0)
})

it('does nothing if undo is requested twice before the first has ended', async () => {
  const bench = await annotationBench()
  fillMany(bench)
  await bench.accept(rule)
  const [one, two] = [await bench.annotations.undo(), await bench.annotations.undo()]
  await bench.ended(one.jobId ?? 0)
  if (two.jobId !== null) expect(await bench.ended(two.jobId)).toMatchObject({ state: 'done', result: { changes: 0 } })
  expect(await acceptedCount(bench)).toBe(0)
})

it('names the object and the facet that an undo changes', async () => {
  const { annotations, filler } = await annotationBench()
  const numbered = filler.object('MUS 12')
  const unnumbered = filler.object(null, [{ fileName: 'gerro.jpg' }])
  await annotations.apply({ kind: 'term', objectId: numbered.id, term: gerro, state: 'accepted', certainty: 'certain' })
  await annotations.apply({ kind: 'facet', objectId: unnumbered.id, facet: 'materials', state: 'closed' })
  expect((await annotations.undoState()).undo).toMatchObject({ objectId: unnumbered.id, objectLabel: 'gerro.jpg', facet: 'materials' })
  expect((await annotations.undo()).action).toMatchObject({ objectId: unnumbered.id, objectLabel: 'gerro.jpg', facet: 'materials' })
  expect(await annotations.undo()).toMatchObject({
    action: { objectId: numbered.id, objectLabel: 'MUS 12', facet: 'objectTypes' },
    undo: { redo: { objectLabel: 'MUS 12' } },
    jobId: null
  })
  expect(await decided(annotations, numbered.id)).toEqual({})
})
