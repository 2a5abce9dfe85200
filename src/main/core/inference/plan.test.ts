import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readBundle } from './bundle.ts'
import { planOf } from './plan.ts'
import type { Setup } from './protocol.ts'

let starter: Setup['bundle']

beforeAll(async () => {
  starter = await readBundle(join(import.meta.dirname, '../../../../resources/models/starter'))
})

const setup = (provider: Setup['provider'], bytes?: number): Setup => {
  const files = bytes === undefined ? starter.manifest.files : { 'base.onnx': { sha256: '', bytes } }
  return { bundle: { ...starter, manifest: { ...starter.manifest, files } }, provider, unknown: {} }
}

describe('planOf', () => {
  it('gives each core a session of one thread for bulk work, and all cores to the picture on screen', () => {
    const plan = planOf(setup('cpu'), 2, 24e9)
    expect(plan.single).toMatchObject({ count: 1, threads: 2, batch: 1 })
    expect(plan.bulk).toMatchObject({ count: 2, threads: 1, batch: 1 })
  })

  it('leaves a core to the window from four on, and starts no more sessions than memory holds', () => {
    expect(planOf(setup('cpu'), 8, 24e9).bulk?.count).toBe(7)
    expect(planOf(setup('cpu', 350e6), 8, 4e9).bulk?.count).toBe(2)
    expect(planOf(setup('cpu', 350e6), 8, 1e9).bulk).toBeNull()
  })

  it('feeds a GPU from half of the cores, as far as its memory holds the sessions, in runs of one size', () => {
    expect(planOf(setup('cuda', 15e6), 16).single).toMatchObject({ count: 7, batch: 32, fixedBatch: true })
    expect(planOf(setup('cuda', 15e6), 8).single.count).toBe(4)
    expect(planOf(setup('cuda', 350e6), 16).single.count).toBe(2)
    expect(planOf(setup('cuda', 15e6), 1).single.count).toBe(2)
  })
})
