import { expect, it } from 'vitest'
import type { Decision, TermState } from '../../../shared/model/record.ts'
import { bronze, ceramica, decided, annotationBench, flora, gerro, olla, plat, pot, written } from './annotation.fixture.ts'

function term(objectId: number, key: string, state: TermState = 'accepted', certainty: 'certain' | 'probable' = 'certain'): Decision {
  return { kind: 'term', objectId, term: key, state, certainty }
}

it('stores an accepted term with who, when, and what was suggested by which run at which rank', async () => {
  const { annotations, filler, events } = await annotationBench()
  const { id, images } = filler.object('MUS 1')
  const run = filler.run()
  filler.predict(run, images[0] ?? 0, [
    [pot, 0.6, '3'],
    [gerro, 0.3, '2']
  ])
  const { record, undo } = await annotations.apply(term(id, gerro, 'accepted', 'probable'))
  const [annotation, ...others] = record.facets[0]?.annotations ?? []
  expect(others).toEqual([])
  expect(annotation).toMatchObject({
    term: { key: gerro },
    state: 'accepted',
    certainty: 'probable',
    author: 'Maria Puig',
    by: 'person',
    suggested: { runId: run, rank: 2, probability: 0.3 }
  })
  expect(Date.now() - Date.parse(annotation?.at ?? '')).toBeLessThan(60_000)
  expect(undo.undo).toMatchObject({ kind: 'term', objectId: id, term: { key: gerro }, facet: 'objectTypes', state: 'accepted', changes: 1 })
  expect(events).toEqual([
    { type: 'objects', ids: [id] },
    { type: 'undo', undo }
  ])
  const [event] = filler.connection.prepare('SELECT before, after FROM event').all() as { before: string; after: string }[]
  expect(JSON.parse(event?.before ?? '')).toBeNull()
  expect(JSON.parse(event?.after ?? '')).toMatchObject({ state: 'accepted', certainty: 'probable', runId: run, rank: 2 })
})

it('does not record a decision that changes nothing', async () => {
  const here = await annotationBench()
  const { id } = here.filler.object('MUS 1')
  await here.annotations.apply(term(id, gerro))
  const before = written(here)
  await here.annotations.apply(term(id, gerro))
  await here.annotations.apply(term(id, plat, 'open'))
  await here.annotations.apply({ kind: 'facet', objectId: id, facet: 'subjects', state: 'open' })
  await here.annotations.apply({ kind: 'note', objectId: id, note: '' })
  await here.annotations.apply({ kind: 'flag', objectId: id, flagged: false })
  await here.annotations.apply({ kind: 'rejectRest', objectId: id, facet: 'objectTypes' })
  await here.annotations.apply({ kind: 'replace', objectId: id, from: pot, to: olla })
  expect(written(here)).toEqual(before)
})

it('knows terms that share an AAT id in a facet as one, whichever of them is named', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  await annotations.apply(term(id, pot))
  await annotations.apply(term(id, olla, 'rejected'))
  expect(await decided(annotations, id)).toEqual({ [olla]: 'rejected' })
  await annotations.apply(term(id, pot, 'open'))
  expect(await decided(annotations, id)).toEqual({})
})

it('refuses guide terms, unknown terms and terms of another facet, and writes nothing', async () => {
  const here = await annotationBench()
  const { id } = here.filler.object('MUS 1')
  await expect(here.annotations.apply(term(id, 'objectTypes/atuells'))).rejects.toMatchObject({
    code: 'annotation.notAssignable',
    data: { 'term.ca': 'atuells', 'term.en': 'vessels' }
  })
  await expect(here.annotations.apply(term(id, 'materials/unobtanium'))).rejects.toMatchObject({ code: 'annotation.notAssignable' })
  await expect(here.annotations.apply({ kind: 'replace', objectId: id, from: gerro, to: bronze })).rejects.toMatchObject({
    code: 'annotation.differentFacets'
  })
  await expect(here.annotations.apply(term(77, gerro))).rejects.toMatchObject({ code: 'annotation.objectNotFound' })
  expect(written(here)).toEqual({ actions: 0, events: 0 })
})

it('replaces a term in one step and keeps its certainty', async () => {
  const here = await annotationBench()
  const { id } = here.filler.object('MUS 1')
  await here.annotations.apply(term(id, gerro, 'accepted', 'probable'))
  const { record } = await here.annotations.apply({ kind: 'replace', objectId: id, from: gerro, to: plat })
  expect(record.facets[0]?.annotations).toMatchObject([{ term: { key: plat }, state: 'accepted', certainty: 'probable' }])
  expect(written(here).actions).toBe(2)
  await here.annotations.undo()
  expect(await decided(here.annotations, id)).toEqual({ [gerro]: 'accepted' })
})

it('rejects what is left open of a facet in one step, and nothing else', async () => {
  const here = await annotationBench()
  const { id, images } = here.filler.object('MUS 1')
  here.filler.predict(here.filler.run(), images[0] ?? 0, [
    [gerro, 0.5, '2'],
    [pot, 0.4, '3'],
    [plat, 0.3],
    [ceramica, 0.9, '5']
  ])
  await here.annotations.apply(term(id, gerro))
  await here.annotations.apply({ kind: 'rejectRest', objectId: id, facet: 'objectTypes' })
  expect(await decided(here.annotations, id)).toEqual({ [gerro]: 'accepted', [pot]: 'rejected', [plat]: 'rejected' })
  const { kept } = await here.annotations.undo()
  expect(kept).toBe(0)
  expect(await decided(here.annotations, id)).toEqual({ [gerro]: 'accepted' })
})

it('derives the status from the facets, and a change in a decided facet opens it again, in one step', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const close = async (facet: 'objectTypes' | 'materials' | 'disciplines' | 'subjects'): Promise<string> =>
    (await annotations.apply({ kind: 'facet', objectId: id, facet, state: 'closed' })).record.status
  expect((await annotations.record(id)).status).toBe('new')
  expect(await close('objectTypes')).toBe('inWork')
  await annotations.apply({ kind: 'facet', objectId: id, facet: 'materials', state: 'notApplicable' })
  await annotations.apply({ kind: 'facet', objectId: id, facet: 'disciplines', state: 'notVisible' })
  expect(await close('subjects')).toBe('closed')
  const { record } = await annotations.apply(term(id, flora))
  expect(record.status).toBe('inWork')
  expect(record.facets[3]).toMatchObject({ facet: 'subjects', state: 'open', decidedBy: null })
  await annotations.undo()
  const after = await annotations.record(id)
  expect(after.status).toBe('closed')
  expect(after.facets[3]).toMatchObject({ state: 'closed', decidedBy: 'Maria Puig', annotations: [] })
})

it('keeps a note and a flag beside the status', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  await annotations.apply({ kind: 'note', objectId: id, note: 'nansa trencada' })
  const { record } = await annotations.apply({ kind: 'flag', objectId: id, flagged: true })
  expect(record).toMatchObject({ note: 'nansa trencada', flagged: true, status: 'new' })
  await annotations.undo()
  await annotations.undo()
  expect(await annotations.record(id)).toMatchObject({ note: '', flagged: false })
})

it('keeps people and models apart: a new run changes no decision and no facet', async () => {
  const { annotations, filler } = await annotationBench()
  const { id, images } = filler.object('MUS 1')
  const image = images[0] ?? 0
  const first = filler.run()
  filler.predict(first, image, [[pot, 0.6, '3']])
  await annotations.apply(term(id, pot, 'rejected'))
  await annotations.apply({ kind: 'facet', objectId: id, facet: 'objectTypes', state: 'closed' })
  const second = filler.run()
  filler.predict(second, image, [
    [olla, 0.9, '3'],
    [gerro, 0.8, '2']
  ])
  const record = await annotations.record(id)
  expect(record.run?.id).toBe(second)
  expect(record.facets[0]).toMatchObject({
    state: 'closed',
    annotations: [{ term: { key: pot }, state: 'rejected', suggested: { runId: first } }]
  })
  expect(record.facets[0]?.suggestions.map(({ term: { key }, rank }) => [key, rank])).toEqual([
    [olla, 1],
    [gerro, 2]
  ])
})

it('shows terms that the vocabulary no longer has, and lets them be opened', async () => {
  const { annotations, filler } = await annotationBench()
  const { id, images } = filler.object('MUS 1')
  filler.predict(filler.run(), images[0] ?? 0, [['materials/pedra | marès', 0.5]])
  await annotations.apply({ kind: 'rejectRest', objectId: id, facet: 'materials' })
  const { facets } = await annotations.record(id)
  expect(facets[1]?.annotations[0]?.term).toMatchObject({ labels: { ca: 'marès', en: null }, assignable: false })
  await annotations.apply(term(id, 'materials/pedra | marès', 'open'))
  expect(await decided(annotations, id)).toEqual({})
})

it('stores a note with half a surrogate pair or control characters as text that every file can hold, and undoes it', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const { record } = await annotations.apply({ kind: 'note', objectId: id, note: 'a\ud800b\u0000c 😀\td\n' })
  expect(record.note).toBe('a\ufffdbc 😀\td\n')
  expect(await annotations.undo()).toMatchObject({ action: { kind: 'note' }, kept: 0 })
  expect((await annotations.record(id)).note).toBe('')
})

it('undoes a note that an earlier version stored with half a surrogate pair', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  await annotations.apply({ kind: 'note', objectId: id, note: 'old' })
  filler.connection.exec(`
    UPDATE object SET note = 'a' || char(0xFFFD);
    INSERT INTO action (id, kind, author, at, object_id, data) VALUES (9, 'note', 'Maria Puig', 'then', ${id}, '{"objects":1,"changes":1}');
    INSERT INTO event (action_id, object_id, subject, before, after) VALUES (9, ${id}, 'note', '"old"', '"a\\ud800"')`)
  expect((await annotations.undo()).kept).toBe(0)
  expect((await annotations.record(id)).note).toBe('old')
})
