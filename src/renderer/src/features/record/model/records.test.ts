import { describe, expect, it, vi } from 'vitest'
import type { Decision, ObjectRecord } from '../../../../../shared/model/record.ts'
import type { Api } from '../../../api/client.ts'
import { exampleRecord, exampleSuggestion, exampleTerm } from '../test/example.ts'
import { decidedRecord, stateOf } from '../../../../../shared/domain/decided-record.ts'
import { createRecords } from './records.ts'

const context = { author: 'MP', at: '2026-03-12T10:00:00.000Z', term: () => null }
const accept = (name: string, objectId = 1): Decision => ({
  kind: 'term',
  objectId,
  term: `materials/${name}`,
  state: 'accepted',
  certainty: 'certain'
})
const undo = { undo: null, redo: null }

/** A core that answers decisions when the test says so. */
function core() {
  const stored = new Map<number, ObjectRecord>()
  const waiting: { decision: Decision; answer: (error?: Error) => void }[] = []
  const read = vi.fn(async ({ objectId }: { objectId: number }) => {
    const known =
      stored.get(objectId) ??
      exampleRecord(objectId, {
        materials: { suggestions: ['vidre', 'fusta'].map((name, index) => exampleSuggestion('materials', name, index + 1)) }
      })
    stored.set(objectId, known)
    return known
  })
  const apply = (decision: Decision) =>
    new Promise((resolve, reject) => {
      waiting.push({
        decision,
        answer: (error) => {
          if (error) return reject(error)
          stored.set(decision.objectId, decidedRecord(stored.get(decision.objectId)!, decision, context))
          resolve({ record: stored.get(decision.objectId)!, undo })
        }
      })
    })
  return {
    api: { objects: { record: read }, decisions: { apply } } as unknown as Pick<Api, 'objects' | 'decisions'>,
    waiting,
    stored,
    read
  }
}

const state = (record: ObjectRecord | undefined, name: string) => stateOf(record!.facets[1]!, exampleTerm('materials', name))
const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('records', () => {
  it('shows a decision before the core has answered and keeps what the core stored', async () => {
    const { api, waiting } = core()
    const onUndo = vi.fn()
    const records = createRecords(api, { onUndo, onRefused: vi.fn() })
    await records.load(1)
    const done = records.decide(accept('vidre'), context)
    expect(state(records.get(1), 'vidre')).toBe('accepted')
    await settled()
    waiting[0]!.answer()
    expect(await done).toBe(true)
    expect(state(records.get(1), 'vidre')).toBe('accepted')
    expect(onUndo).toHaveBeenCalledWith(undo)
  })

  it('shows an undo that the core tells before it has answered the decision', async () => {
    const { api, waiting, stored, read } = core()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused: vi.fn() })
    await records.load(1)
    const before = stored.get(1)!
    const done = records.decide(accept('vidre'), context)
    await settled()
    // The record as it is after the undo is on its way while the answer to the decision comes in.
    let arrive = (): void => undefined
    read.mockImplementationOnce(() => new Promise((resolve) => (arrive = () => resolve(before))))
    records.changed([1], 1)
    waiting[0]!.answer()
    await done
    stored.set(1, before)
    arrive()
    await settled()
    expect(state(records.get(1), 'vidre')).toBe('open')
  })

  it('reverts a refused decision, reports it, and keeps the later one', async () => {
    const { api, waiting } = core()
    const onRefused = vi.fn()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused })
    await records.load(1)
    const first = records.decide(accept('vidre'), context)
    const second = records.decide(accept('fusta'), context)
    await settled()
    expect(waiting).toHaveLength(1)
    waiting[0]!.answer(new Error('disk full'))
    expect(await first).toBe(false)
    expect(onRefused.mock.calls[0]![1]).toEqual(accept('vidre'))
    expect([state(records.get(1), 'vidre'), state(records.get(1), 'fusta')]).toEqual(['open', 'accepted'])
    await settled()
    waiting[1]!.answer()
    expect(await second).toBe(true)
    expect([state(records.get(1), 'vidre'), state(records.get(1), 'fusta')]).toEqual(['open', 'accepted'])
  })

  it('does not let a record that was asked for earlier undo a decision on screen', async () => {
    const { api, waiting, read } = core()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused: vi.fn() })
    const before = await records.load(1)
    let answer: (record: ObjectRecord) => void = () => undefined
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
    records.changed([1], 1)
    const done = records.decide(accept('vidre'), context)
    await settled()
    waiting[0]!.answer()
    await done
    answer(before)
    await settled()
    expect(state(records.get(1), 'vidre')).toBe('accepted')
  })

  it('reads the object on screen again, and the others when they are asked for, showing them at once', async () => {
    const { api, read, stored } = core()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused: vi.fn() })
    await records.load(1)
    records.prefetch([2, 3])
    await settled()
    expect(read).toHaveBeenCalledTimes(3)
    records.changed([1, 2], 1)
    await settled()
    expect(read).toHaveBeenCalledTimes(4)
    stored.set(2, { ...stored.get(2)!, note: 'new' })
    expect((await records.load(2)).note).toBe('')
    await settled()
    expect(records.get(2)!.note).toBe('new')
    await records.load(3)
    expect(read).toHaveBeenCalledTimes(5)
  })

  it('never lets the answer to an older question replace the answer to a newer one', async () => {
    const { api, read } = core()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused: vi.fn() })
    const first = await records.load(1)
    const answers: ((record: ObjectRecord) => void)[] = []
    read.mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
    records.changed([1], 1)
    records.changed([1], 1)
    expect(answers).toHaveLength(2)
    answers[1]!({ ...first, note: 'newer' })
    await settled()
    answers[0]!({ ...first, note: 'older' })
    await settled()
    expect(records.get(1)!.note).toBe('newer')
  })

  it('answers the first caller with the newest record', async () => {
    const { api, read } = core()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused: vi.fn() })
    const answers: ((record: ObjectRecord) => void)[] = []
    read.mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
    const asked = records.load(1)
    records.changed([1], 1)
    answers[0]!({ ...exampleRecord(1), note: 'older' })
    answers[1]!({ ...exampleRecord(1), note: 'newer' })
    expect((await asked).note).toBe('newer')
    expect(records.get(1)!.note).toBe('newer')
  })

  it('reads a record again that changed while it was being read', async () => {
    const { api, read, stored } = core()
    const records = createRecords(api, { onUndo: vi.fn(), onRefused: vi.fn() })
    records.prefetch([1])
    records.changed([1], null)
    await settled()
    stored.set(1, { ...stored.get(1)!, note: 'new' })
    await records.load(1)
    await settled()
    expect(read).toHaveBeenCalledTimes(2)
    expect(records.get(1)!.note).toBe('new')
  })

  it('keeps nothing of the catalogue that was open before', async () => {
    const { api, waiting, read } = core()
    const onUndo = vi.fn()
    const records = createRecords(api, { onUndo, onRefused: vi.fn() })
    await records.load(1)
    const done = records.decide(accept('vidre'), context)
    await settled()
    let answer: (record: ObjectRecord) => void = () => undefined
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
    const asked = records.load(2)
    records.reset()
    answer(exampleRecord(2))
    await asked
    waiting[0]!.answer()
    await done
    expect([records.get(1), records.get(2)]).toEqual([undefined, undefined])
    expect(onUndo).not.toHaveBeenCalled()
  })
})
