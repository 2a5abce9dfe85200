/**
 * What learning costs, as processor time of one thread: a facet of 5,000 decided pictures after one more decision, the scores of an open
 * picture, and the exact search for the most similar of 100,000 pictures; each beside a plain loop over 100,000 × 512 numbers.
 *
 *     node tests/benchmarks/adaptation.ts
 */
import { CatalogueModel } from '../../src/main/core/adaptation/catalogue-model.ts'
import { toHalf } from '../../src/main/core/adaptation/half-precision.ts'
import { emptyMatrix } from '../../src/main/core/adaptation/matrix.ts'
import { similarities } from '../../src/main/core/adaptation/neighbour-vote.ts'

const [decided, features, terms, pictures] = [5000, 512, 120, 100_000]
let seed = 1
const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5

function seconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function say(what: string, value: number, reference: number): void {
  process.stdout.write(`${what}: ${value.toFixed(3)} s, ${(value / reference).toFixed(2)} of the reference\n`)
}

const vector = (): Uint8Array => toHalf(Float32Array.from({ length: features }, random))
const model = new CatalogueModel(
  Array.from({ length: features }, () => 0),
  emptyMatrix(256, features)
)
const keys = Array.from({ length: terms }, (_, term) => `objectTypes/${term}`)
const given = Array.from({ length: decided + 1 }, (_, imageId) => ({ imageId, vector: vector(), base: [] }))
const objects = given.map(({ imageId }) => ({
  objectId: imageId,
  images: [imageId],
  right: [imageId % terms, (imageId * 7) % terms],
  unsaid: []
}))
const adapt = (count: number, fresh: typeof given): void =>
  void model.adapt({ facet: 'objectTypes', terms: keys, objects: objects.slice(0, count), pictures: fresh })

const all = { rows: pictures, columns: features, values: Float64Array.from({ length: pictures * features }, random) }
const query = Float64Array.from({ length: features }, random)
// The reference: each picture's numbers multiplied with the query's and added, one after the other.
let sum = 0
const plain = seconds(() => {
  for (let start = 0; start < all.values.length; start += features) {
    for (let index = 0; index < features; index++) sum += (all.values[start + index] as number) * (query[index] as number)
  }
})
similarities(all, query)
say(
  'exact search among 100,000 pictures',
  seconds(() => void similarities(all, query)),
  plain
)
adapt(decided, given.slice(0, decided))
say(
  'adapting to one more of 5,000 decided',
  seconds(() => adapt(decided + 1, given.slice(decided))),
  plain
)
const open = [{ imageId: -1, vector: vector(), base: [] }]
model.score('objectTypes', open, [])
say(
  'scores of an open picture',
  seconds(() => void model.score('objectTypes', open, [])),
  plain
)
if (Number.isNaN(sum)) process.exitCode = 1
