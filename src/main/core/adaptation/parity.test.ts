import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { weightsOf, type Decided } from './decided.ts'
import { fitFacet, scoreParts, scoresOf } from './facet-model.ts'
import { linearScore } from './linear-model.ts'
import { rowOf, type Matrix } from './matrix.ts'
import { nearness, neighbourVote, similarities } from './neighbour-vote.ts'
import { fitScaling, probabilityOf } from './scaling.ts'
import { targetsOf } from './targets.ts'

type Rows = number[][]
interface Case {
  readonly name: string
  readonly decided: { readonly objects: number[]; readonly embeddings: Rows; readonly known: Rows; readonly base: Rows }
  readonly open: { readonly embeddings: Rows; readonly base: Rows }
  readonly expected: {
    readonly targets?: Rows
    readonly vote?: Rows
    readonly linear?: Rows
    readonly score: Rows
    readonly slope: number
    readonly shift: number
    readonly probability: Rows
  }
}

const file = join(import.meta.dirname, '../../../../tests/fixtures/adaptation/parity.json')
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }

const matrixOf = (rows: Rows): Matrix => ({ rows: rows.length, columns: rows[0]?.length ?? 0, values: Float64Array.from(rows.flat()) })
const decidedOf = ({ objects, embeddings, known, base }: Case['decided']): Decided => ({
  objects: Int32Array.from(objects),
  embeddings: matrixOf(embeddings),
  known: matrixOf(known),
  base: matrixOf(base)
})

/** The largest difference of two tables of one shape. */
function difference(found: Rows, expected: Rows): number {
  expect(found.map((row) => row.length)).toEqual(expected.map((row) => row.length))
  return Math.max(...found.flatMap((row, at) => row.map((value, column) => Math.abs(value - (expected[at]?.[column] ?? NaN)))))
}

const tolerance = 1e-6

describe.each(cases)('$name, as the trainer computes it', ({ decided: given, open, expected }) => {
  const decided = decidedOf(given)
  const model = fitFacet(decided)
  const queries = open.embeddings.map((row) => Float64Array.from(row))
  const scores = queries.map((embedding, at) => [...scoresOf(scoreParts(model, embedding, Float64Array.from(open.base[at] ?? [])))])

  if (model !== null)
    it('has the same targets, votes and linear scores', () => {
      const { embeddings, weights, targets, linear } = model
      const table = targetsOf(decided, weightsOf(decided))
      expect(
        difference(
          Array.from({ length: table.rows }, (_, row) => [...rowOf(table, row)]),
          expected.targets ?? []
        )
      ).toBeLessThan(tolerance)
      const votes = queries.map((embedding) => [...neighbourVote(nearness(similarities(embeddings, embedding), weights), targets)])
      expect(difference(votes, expected.vote ?? [])).toBeLessThan(tolerance)
      const lines = queries.map((embedding) => [...linearScore(linear, embedding)])
      expect(difference(lines, expected.linear ?? [])).toBeLessThan(tolerance)
    })

  it('has the same scores and probabilities', () => {
    expect(difference(scores, expected.score)).toBeLessThan(tolerance)
    const scaling = fitScaling(decided)
    expect(Math.abs(scaling.slope - expected.slope)).toBeLessThan(tolerance)
    expect(Math.abs(scaling.shift - expected.shift)).toBeLessThan(tolerance)
    const probabilities = scores.map((row) => row.map((score) => probabilityOf(score, scaling)))
    expect(difference(probabilities, expected.probability)).toBeLessThan(tolerance)
  })
})
