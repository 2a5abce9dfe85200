import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { perFacet } from '../../../shared/model/facet.ts'
import type { Card } from '../../../shared/model/record.ts'
import type { Api } from '../api/client.ts'
import { createWorkingSet, mostCards, windowSize } from './useWorkingSet.ts'

const card = (id: number, label = `MUS ${id}`): Card => ({
  id,
  label,
  sha256: null,
  width: 1,
  height: 1,
  views: 1,
  status: 'new',
  facetStates: perFacet(() => 'open' as const),
  accepted: 0,
  term: null,
  suggested: true,
  flagged: false,
  missing: false
})

/** A core with `count` objects, whose answers the test can change. */
function fakeCore(count: number) {
  const state = { ids: Array.from({ length: count }, (_, index) => index + 1), label: (id: number) => `MUS ${id}` }
  const ids = vi.fn(async (_input: unknown) => ({ ids: state.ids, statusCounts: { new: state.ids.length, inWork: 0, closed: 0 } }))
  const cards = vi.fn(async ({ ids: wanted }: { ids: number[] }) => wanted.map((id) => card(id, state.label(id))))
  return { state, ids, cards, api: { objects: { ids, cards } } as unknown as Pick<Api, 'objects'> }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('createWorkingSet', () => {
  it('reads ids, and cards of the first window only', async () => {
    const core = fakeCore(20_000)
    const set = createWorkingSet(core.api)
    await set.refresh()
    expect(set.ids.value).toHaveLength(20_000)
    expect(set.statusCounts.value.new).toBe(20_000)
    expect(core.cards.mock.calls.map(([{ ids }]) => ids.length)).toEqual([windowSize])
    expect(set.card(windowSize)?.label).toBe(`MUS ${windowSize}`)
    expect(set.card(windowSize + 1)).toBeUndefined()
  })

  it('asks for a card once, however often it is needed', async () => {
    const core = fakeCore(1000)
    const set = createWorkingSet(core.api)
    await set.refresh()
    await Promise.all([set.need(90, 130), set.need(110, 150)])
    await set.need(100, 199)
    const asked = core.cards.mock.calls.flatMap(([{ ids }]) => ids)
    expect(new Set(asked).size).toBe(asked.length)
    expect(set.card(200)).toBeDefined()
  })

  it('never asks for more than the contract lets one call ask', async () => {
    const core = fakeCore(3000)
    const set = createWorkingSet(core.api)
    await set.refresh()
    await set.need(0, 1999)
    expect(Math.max(...core.cards.mock.calls.map(([{ ids }]) => ids.length))).toBeLessThanOrEqual(500)
    expect(set.card(2000)).toBeDefined()
  })

  it('walks from object to object and stops at both ends', async () => {
    const core = fakeCore(3)
    const set = createWorkingSet(core.api)
    await set.refresh()
    set.currentId.value = 2
    expect([set.position.value, set.neighbour(1), set.neighbour(-1), set.neighbour(2)]).toEqual([1, 3, 1, null])
    set.currentId.value = 99
    expect([set.position.value, set.neighbour(1)]).toEqual([-1, null])
  })

  it('keeps the current object in its position when it no longer passes the filter', async () => {
    const core = fakeCore(5)
    const set = createWorkingSet(core.api)
    await set.refresh()
    set.currentId.value = 3
    core.state.ids = [1, 2, 4, 5]
    await set.refresh()
    expect(set.ids.value).toEqual([1, 2, 3, 4, 5])
    expect(set.neighbour(1)).toBe(4)
  })

  it('clears the filter for a requested object that it would hide', async () => {
    const core = fakeCore(5)
    const set = createWorkingSet(core.api)
    await set.refresh()
    core.state.ids = [1, 2]
    await set.setFilter({ status: ['new'] })
    core.state.ids = [1, 2, 3, 4, 5]
    set.visit(2)
    expect(set.filter.value.status).toEqual(['new'])
    set.visit(4)
    await vi.advanceTimersByTimeAsync(0)
    expect(core.ids.mock.calls.at(-1)?.[0]).toMatchObject({ filter: { status: [] } })
    expect([set.position.value, set.neighbour(1)]).toEqual([3, 5])
  })

  it('renews cards in view after a change and drops those out of sight', async () => {
    const core = fakeCore(400)
    const set = createWorkingSet(core.api)
    await set.refresh()
    await set.need(300, 399)
    await set.need(0, 20)
    core.cards.mockClear()
    core.state.label = (id) => `changed ${id}`
    set.changed([1, 350])
    await vi.advanceTimersByTimeAsync(200)
    expect(core.cards.mock.calls.flatMap(([{ ids }]) => ids)).toEqual([1])
    expect(set.card(1)?.label).toBe('changed 1')
    expect(set.card(350)).toBeUndefined()
  })

  it('does not read the set again for decisions in a record, but does on the sheet and when the set itself changed', async () => {
    const core = fakeCore(10)
    const set = createWorkingSet(core.api)
    await set.refresh()
    core.ids.mockClear()
    set.changed([1])
    await vi.advanceTimersByTimeAsync(2000)
    expect(core.ids).not.toHaveBeenCalled()
    set.following.value = true
    for (let times = 0; times < 20; times += 1) set.changed([1])
    await vi.advanceTimersByTimeAsync(2000)
    expect(core.ids).toHaveBeenCalledTimes(1)
    set.following.value = false
    set.changed(null)
    await vi.advanceTimersByTimeAsync(2000)
    expect(core.ids).toHaveBeenCalledTimes(2)
  })

  it('discards an answer that a newer filter has overtaken', async () => {
    const core = fakeCore(3)
    const set = createWorkingSet(core.api)
    let answerFirst: (value: unknown) => void = () => undefined
    core.ids.mockImplementationOnce(() => new Promise((resolve) => (answerFirst = resolve as typeof answerFirst)))
    const first = set.refresh()
    await set.setFilter({ text: 'a' })
    answerFirst({ ids: [77], statusCounts: { new: 1, inWork: 0, closed: 0 } })
    await first
    expect(set.ids.value).toEqual([1, 2, 3])
    expect(core.ids.mock.calls.at(-1)?.[0]).toMatchObject({ filter: { text: 'a' } })
  })

  it('forgets everything on reset, pending answers included', async () => {
    const core = fakeCore(3)
    const set = createWorkingSet(core.api)
    const reading = set.refresh()
    set.reset()
    await reading
    expect(set.ids.value).toEqual([])
    expect(set.loaded.value).toBe(false)
  })

  it('requests the cards of the next catalogue even while those of the last are pending', async () => {
    const core = fakeCore(3)
    const set = createWorkingSet(core.api)
    let answerOld: (cards: Card[]) => void = () => undefined
    core.cards.mockImplementationOnce(() => new Promise((resolve) => (answerOld = resolve)))
    const old = set.refresh()
    await vi.advanceTimersByTimeAsync(0)
    set.reset()
    core.state.label = (id) => `new ${id}`
    await set.refresh()
    expect(set.card(1)?.label).toBe('new 1')
    answerOld([card(1, 'old 1')])
    await old
    expect(set.card(1)?.label).toBe('new 1')
  })

  it('never lets an older card replace a newer one', async () => {
    const core = fakeCore(3)
    const set = createWorkingSet(core.api)
    let answerFirst: (cards: Card[]) => void = () => undefined
    core.cards.mockImplementationOnce(() => new Promise((resolve) => (answerFirst = resolve)))
    const first = set.refresh()
    await vi.advanceTimersByTimeAsync(0)
    core.state.label = (id) => `changed ${id}`
    set.changed([1])
    await vi.advanceTimersByTimeAsync(200)
    answerFirst([card(1), card(2), card(3)])
    await first
    expect([set.card(1)?.label, set.card(2)?.label]).toEqual(['changed 1', 'MUS 2'])
  })

  it('holds a bounded number of cards however far a person scrolls, and always those in view', async () => {
    const core = fakeCore(20_000)
    const set = createWorkingSet(core.api)
    await set.refresh()
    for (let from = 0; from < 20_000; from += windowSize) await set.need(from, from + windowSize - 1)
    const held = set.ids.value.filter((id) => set.card(id) !== undefined)
    expect(held.length).toBeLessThanOrEqual(mostCards)
    expect(held.slice(-windowSize)).toEqual(set.ids.value.slice(-windowSize))
    await set.need(0, windowSize - 1)
    expect(set.card(1)).toBeDefined()
  })

  it('says what went wrong and stays usable', async () => {
    const core = fakeCore(3)
    const onError = vi.fn()
    const set = createWorkingSet(core.api, onError)
    core.ids.mockRejectedValueOnce(new Error('no'))
    await set.refresh()
    expect(onError).toHaveBeenCalledTimes(1)
    await set.refresh()
    expect(set.ids.value).toHaveLength(3)
  })
})
