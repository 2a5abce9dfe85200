import { describe, expect, it } from 'vitest'
import { calibrate, combine, normalise, rankFacet, topIndices, type MemberScores } from './ranking.ts'

const sigmoid = (scores: number[]): MemberScores => ({ name: 'multilabel', activation: 'sigmoid', scores })
const softmax = (scores: number[]): MemberScores => ({ name: 'softmax', activation: 'softmax', scores })

/** Reproducible numbers in [0, 1): a linear congruential generator (Numerical Recipes' constants). */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function distribution(random: () => number, length: number): number[] {
  const values = Array.from({ length }, () => random() + 1e-6)
  const sum = values.reduce((a, b) => a + b, 0)
  return values.map((value) => value / sum)
}

describe('normalise', () => {
  it('divides sigmoid outputs by their sum over the facet', () => {
    expect([...normalise([0.9, 0.6, 0.5], 'sigmoid')]).toEqual([0.45, 0.3, 0.25])
  })

  it('leaves a softmax as it is', () => {
    expect([...normalise([0.5, 0.25, 0.25], 'softmax')]).toEqual([0.5, 0.25, 0.25])
  })

  it('gives zeros, not NaN, where a member says nothing at all', () => {
    expect([...normalise([0, 0], 'sigmoid')]).toEqual([0, 0])
  })
})

describe('combine', () => {
  it('averages the distributions, worked out by hand', () => {
    // ML 0.8, 0.2 of sum 1.0 → 0.8, 0.2; S 0.4, 0.6; equal weights: (0.8+0.4)/2, (0.2+0.6)/2.
    const scores = combine([sigmoid([0.8, 0.2]), softmax([0.4, 0.6])], { multilabel: 0.5, softmax: 0.5 })
    expect(scores[0]).toBeCloseTo(0.6, 12)
    expect(scores[1]).toBeCloseTo(0.4, 12)
  })

  it('takes the weights of the manifest: 0.25 · 0.75 + 0.75 · 0.1 = 0.2625', () => {
    const scores = combine([sigmoid([0.6, 0.2]), softmax([0.1, 0.9])], { multilabel: 0.25, softmax: 0.75 })
    expect(scores[0]).toBeCloseTo(0.2625, 12)
    expect(scores[1]).toBeCloseTo(0.7375, 12)
  })

  it('shares the weight of an absent member among those present', () => {
    expect(combine([softmax([0.3, 0.7])], { multilabel: 0.5, softmax: 0.5 })[1]).toBeCloseTo(0.7, 12)
  })

  it('sums to one over the facet for any members and weights', () => {
    const random = generator(1)
    for (let round = 0; round < 200; round++) {
      const terms = 2 + Math.floor(random() * 300)
      const members = [sigmoid(Array.from({ length: terms }, () => random() + 1e-3)), softmax(distribution(random, terms))]
      const weights = { multilabel: random(), softmax: random() + 1e-3 }
      const sum = combine(members, weights).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(1, 9)
    }
  })
})

describe('topIndices', () => {
  it('puts ties in the order of the manifest', () => {
    expect(topIndices([0.2, 0.5, 0.2, 0.5, 0.1], 4)).toEqual([1, 3, 0, 2])
  })

  it('leaves out what is not allowed and fills up with the next', () => {
    expect(topIndices([0.9, 0.8, 0.7], 2, (index) => index !== 0)).toEqual([1, 2])
  })

  it('agrees with a full sort for random scores', () => {
    const random = generator(2)
    for (let round = 0; round < 100; round++) {
      const scores = Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.round(random() * 50) / 50)
      const top = topIndices(scores, 10)
      expect(top).toHaveLength(Math.min(10, scores.length))
      expect(new Set(top).size).toBe(top.length)
      const lowest = scores[top.at(-1) ?? 0] ?? 0
      scores.forEach((score, index) => {
        if (!top.includes(index)) expect(score).toBeLessThanOrEqual(lowest)
      })
      for (let rank = 1; rank < top.length; rank++) {
        const [before, after] = [top[rank - 1] ?? 0, top[rank] ?? 0]
        const [higher, lower] = [scores[before] ?? 0, scores[after] ?? 0]
        expect(higher > lower || (higher === lower && before < after)).toBe(true)
      }
    }
  })
})

describe('calibrate', () => {
  const curve = { score: [0.1, 0.3, 0.5], probability: [0.2, 0.6, 0.7] }

  it('is linear between the points', () => {
    expect(calibrate(0.2, curve)).toBeCloseTo(0.4, 12)
    expect(calibrate(0.45, curve)).toBeCloseTo(0.675, 12)
    expect(calibrate(0.3, curve)).toBeCloseTo(0.6, 12)
  })

  it('is constant outside them', () => {
    expect(calibrate(0, curve)).toBe(0.2)
    expect(calibrate(0.99, curve)).toBe(0.7)
  })

  it('is one value everywhere for a curve of one point', () => {
    expect([0, 0.5, 1].map((score) => calibrate(score, { score: [0.5], probability: [0.3] }))).toEqual([0.3, 0.3, 0.3])
  })

  it('never turns the ranking round', () => {
    const random = generator(3)
    for (let round = 0; round < 500; round++) {
      const [a, b] = [random(), random()].sort((x, y) => x - y) as [number, number]
      expect(calibrate(a, curve)).toBeLessThanOrEqual(calibrate(b, curve))
    }
  })
})

const identity = { score: [0, 1], probability: [0, 1] }

describe('rankFacet', () => {
  it('gives rank, score, probability and the members own scores', () => {
    const members = [sigmoid([0.2, 0.8, 0.6]), softmax([0.5, 0.3, 0.2])]
    const ranked = rankFacet(members, { multilabel: 0.5, softmax: 0.5 }, { score: [0, 1], probability: [0, 0.5] })
    // ML / 1.6 = 0.125, 0.5, 0.375; averages: 0.3125, 0.4, 0.2875.
    expect(ranked.map((term) => term.index)).toEqual([1, 0, 2])
    expect(ranked.map((term) => term.rank)).toEqual([1, 2, 3])
    expect(ranked[0]?.score).toBeCloseTo(0.4, 12)
    expect(ranked[0]?.probability).toBeCloseTo(0.2, 12)
    expect(ranked[0]?.members).toEqual({ multilabel: 0.8, softmax: 0.3 })
    expect(ranked[2]?.score).toBeCloseTo(0.2875, 12)
  })

  it('keeps ten and changes no score when a term is left out', () => {
    const random = generator(4)
    const members = [sigmoid(Array.from({ length: 40 }, random)), softmax(distribution(random, 40))]
    const weights = { multilabel: 0.5, softmax: 0.5 }
    const all = rankFacet(members, weights, identity)
    const first = all[0]?.index
    const without = rankFacet(members, weights, identity, (index) => index !== first)
    expect(all).toHaveLength(10)
    expect(without).toHaveLength(10)
    expect(without.slice(0, 9).map((term) => [term.index, term.score])).toEqual(all.slice(1).map((term) => [term.index, term.score]))
  })
})
