/** The picture encoder in the real process, beside what the trainer computes (trainer: adaptation/encoder.py). */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createEncoderEngine, findEncoder } from './encoder.ts'

const root = join(import.meta.dirname, '../../../..')
const expected = JSON.parse(readFileSync(join(root, 'tests/fixtures/adaptation/embeddings.json'), 'utf8')) as Record<string, number[]>
const encoder = await findEncoder(join(root, 'resources/encoder'))

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squareA, squareB] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index] ?? NaN, b[index] ?? NaN]
    product += x * y
    squareA += x * x
    squareB += y * y
  }
  return product / Math.sqrt(squareA * squareB)
}

// Set-up fetches the encoder where a package index can be reached; the program works without it, and so do the tests.
it.skipIf(encoder === null)('gives what the trainer gives', async () => {
  if (encoder === null) return
  const engine = await createEncoderEngine(encoder, (detail) => expect.fail(detail))
  onTestFinished(() => engine.close())
  for (const [name, values] of Object.entries(expected)) {
    const file = join(root, 'tests/fixtures/parity/images', name)
    const { embedding } = await engine.predict({ originals: [file], bytes: null, pixels: null, screen: null })
    expect(embedding).toHaveLength(values.length)
    const likest = Object.keys(expected).sort(
      (a, b) => cosine(embedding ?? [], expected[b] ?? []) - cosine(embedding ?? [], expected[a] ?? [])
    )
    expect(likest[0]).toBe(name)
    // Its 8-bit arithmetic answers to the least noise: a thousandth of a grey level, or another order of sums, gives 0.98.
    expect(cosine(embedding ?? [], values), name).toBeGreaterThan(0.96)
  }
})

it('counts a file of another size as none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-encoder-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  copyFileSync(join(root, 'resources/encoder/encoder.json'), join(folder, 'encoder.json'))
  expect(await findEncoder(folder)).toBeNull()
  writeFileSync(join(folder, 'encoder.onnx'), 'half a file')
  expect(await findEncoder(folder)).toBeNull()
})
