/**
 * Application and trainer see the same pictures with the same bundle: every member's probability of every term within 0.02
 *, from the files of real photographs to the scores. What the trainer gives stands in
 * tests/fixtures/parity/expected.json, written by its `parity` command.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBundle, verifyFiles, type Bundle } from '../../src/main/core/inference/bundle.ts'
import { Engine } from '../../src/main/core/inference/engine.ts'
import { facetTables } from '../../src/main/core/inference/manifest.ts'
import type { Prediction } from '../../src/main/core/inference/protocol.ts'
import { combine } from '../../src/shared/domain/ranking.ts'
import type { Facet } from '../../src/shared/model/facet.ts'

const root = join(import.meta.dirname, '../..')
const fixtures = join(root, 'tests/fixtures/parity')
const tolerance = 0.02

type PerFacet = Record<Facet, number[]>
interface Expected {
  readonly bundle: { readonly id: string; readonly version: string; readonly manifestSha256: string }
  readonly images: readonly { readonly file: string; readonly members: Record<string, PerFacet>; readonly ensemble: PerFacet }[]
}

const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Expected
const predictions = new Map<string, Prediction>()
let bundle: Bundle
let engine: Engine

beforeAll(async () => {
  bundle = await readBundle(join(root, 'resources/models/starter'))
  await verifyFiles(bundle)
  const setup = { bundle, unknown: {} }
  engine = new Engine({ setup, providers: ['cpu'], idleMilliseconds: 60_000, onCrash: () => undefined, onFallback: () => undefined })
  await Promise.all(
    expected.images.map(async ({ file }) => {
      const source = { originals: [join(fixtures, 'images', file)], bytes: null, pixels: null, screen: null }
      predictions.set(file, await engine.predict(source, { wantScores: true }))
    })
  )
}, 120_000)

afterAll(() => engine.close())

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] ?? NaN))), 0)
}

describe('parity with the trainer', () => {
  it('compares at least 20 pictures with the shipped bundle', () => {
    expect(expected.images.length).toBeGreaterThanOrEqual(20)
    expect(expected.bundle.manifestSha256).toBe(bundle.sha256)
  })

  it.each(expected.images.map(({ file }) => file))('%s', (file) => {
    const image = expected.images.find((candidate) => candidate.file === file)!
    const { scores } = predictions.get(file)!
    for (const [facet, table] of facetTables(bundle.manifest)) {
      const members = scores?.[facet] ?? []
      expect(members.map((member) => member.name)).toEqual(bundle.manifest.members.map((member) => member.name))
      for (const member of members) {
        const difference = largestDifference(member.scores, image.members[member.name]![facet])
        expect(difference, `${member.name} ${facet}`).toBeLessThanOrEqual(tolerance)
      }
      const ensemble = combine(members, table.weights)
      expect(largestDifference(ensemble, image.ensemble[facet]), `ensemble ${facet}`).toBeLessThanOrEqual(tolerance)
    }
  })

  it('suggests the same first term of each facet, except for ties within the tolerance', () => {
    for (const { file, ensemble } of expected.images) {
      for (const [facet] of facetTables(bundle.manifest)) {
        const first = predictions.get(file)?.facets[facet]?.[0]
        const best = Math.max(...ensemble[facet])
        expect(ensemble[facet][first?.index ?? -1], `${file} ${facet}`).toBeGreaterThanOrEqual(best - tolerance)
      }
    }
  })
})
