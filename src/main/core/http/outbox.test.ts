import { describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { Outbox } from './outbox.ts'

const taken = (...events: CoreEvent[]): CoreEvent[] => {
  const outbox = new Outbox()
  for (const event of events) outbox.add(event)
  const all: CoreEvent[] = []
  for (let event = outbox.take(); event !== undefined; event = outbox.take()) all.push(event)
  return all
}

const job = (id: number, done: number): CoreEvent => ({
  type: 'job',
  job: {
    id,
    kind: 'import',
    state: 'running',
    title: 't',
    total: null,
    done,
    counts: {},
    perSecond: null,
    secondsLeft: null,
    startedAt: '',
    finishedAt: null,
    error: null,
    result: null
  }
})

describe('Outbox', () => {
  it('keeps the newest state of each job', () => {
    expect(taken(job(1, 1), job(2, 1), job(1, 2))).toEqual([job(2, 1), job(1, 2)])
  })

  it('gathers the objects that changed', () => {
    expect(taken({ type: 'objects', ids: [1, 2] }, { type: 'objects', ids: [2, 3] })).toEqual([{ type: 'objects', ids: [1, 2, 3] }])
    expect(taken({ type: 'objects', ids: [1] }, { type: 'objects', ids: null })).toEqual([{ type: 'objects', ids: null }])
  })

  it('stays small however many objects change', () => {
    const ids = Array.from({ length: 501 }, (_, index) => index)
    expect(taken({ type: 'objects', ids: [-1] }, { type: 'objects', ids })).toEqual([{ type: 'objects', ids: null }])
  })
})
