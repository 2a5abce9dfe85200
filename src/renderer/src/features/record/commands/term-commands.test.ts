import { beforeEach, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import { exampleAnnotation, exampleFacet, exampleTerm } from '../test/example.ts'
import { vocabularyOf } from '../useVocabulary.ts'
import type { CommandContext } from './context.ts'
import { termCommands } from './term-commands.ts'

const core = vi.hoisted(() => ({ vocabulary: { term: vi.fn(), trees: vi.fn() } }))
vi.mock('../../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const paths = ['manuscrit', 'manuscrit | manuscrit il·luminat']
const trees = vocabularyOf({
  key: paths.map((path) => `objectTypes/${path}`),
  facet: paths.map(() => 'objectTypes'),
  parent: [-1, 0],
  ca: paths,
  en: paths,
  aatId: paths.map(() => null),
  match: paths.map(() => 'verified'),
  assignable: paths.map(() => true)
})
vi.mock('../useVocabulary.ts', async (actual) => ({ ...(await actual<object>()), useVocabulary: () => shallowRef(trees) }))

const outside = exampleTerm('objectTypes', 'aat:300027015')
const [top, below] = paths.map((path) => exampleTerm('objectTypes', path)) as [
  ReturnType<typeof exampleTerm>,
  ReturnType<typeof exampleTerm>
]

/** The commands on an object whose two terms of the tree are accepted; `said` and `decided` hold what they did. */
function commands() {
  const said: string[] = []
  const decided: unknown[] = []
  const record = exampleFacet('objectTypes', { annotations: paths.map((path) => exampleAnnotation('objectTypes', path)) })
  const context = {
    t: (key: string) => key,
    words: { text: (term: { labels: { ca: string } }) => term.labels.ca },
    say: (text: string) => void said.push(text),
    decide: (decision: unknown) => void decided.push(decision),
    panelOf: () => ({ record }),
    facetName: (facet: string) => facet,
    enter: () => undefined,
    recordVisit: { visitId: shallowRef(1), remember: () => undefined, show: () => undefined }
  } as unknown as CommandContext
  return { ...termCommands(context), said, decided }
}

beforeEach(() => {
  core.vocabulary.term.mockImplementation(({ key }: { key: string }) =>
    Promise.resolve({ broader: key === below.key ? [outside, top] : [outside] })
  )
})

it('replaces a term by the broader one of its tree, even where the AAT names another first', async () => {
  const { toBroader, decided } = commands()
  await toBroader(below)
  expect(decided).toEqual([{ kind: 'replace', from: below.key, to: top.key }])
})

it('names a broader term outside of the trees first, and takes it at the second press', async () => {
  const { toBroader, decided, said } = commands()
  await toBroader(top)
  expect([decided, said]).toEqual([[], ['record.said.broaderOutside']])
  await toBroader(top)
  expect(decided).toEqual([{ kind: 'replace', from: top.key, to: outside.key }])
})

it('asks again where another term was named in between', async () => {
  const { toBroader, decided } = commands()
  await toBroader(top)
  await toBroader(below)
  await toBroader(top)
  expect(decided).toEqual([{ kind: 'replace', from: below.key, to: top.key }])
})
