import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { Job } from '../../../shared/model/job.ts'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import type { Core } from '../core.ts'
import { testCore } from '../core.fixture.ts'

// Every test starts a whole core.
vi.setConfig({ testTimeout: 60_000 })

const header = 'idInSource,objectTypes.hierarchy,subjects.hierarchy,materials.hierarchy,#portraitMedia.original,classifications.hierarchy'

interface Bench {
  readonly core: Core
  readonly folder: string
  readonly objects: readonly number[]
  bringIn(...rows: string[]): Promise<Job>
}

/** A catalogue with three objects, the second with two pictures. */
async function bench(): Promise<Bench> {
  const folder = temporaryFolder()
  const { core, events } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  const filler = fill(path)
  const objects = [
    filler.object('M1', [{ fileName: 'one.jpg' }]).id,
    filler.object('M2', [{ fileName: 'two-a.jpg' }, { fileName: 'two-b.jpg' }]).id,
    filler.object('M3', [{ fileName: 'three.jpg' }]).id
  ]
  filler.close()
  return {
    core,
    folder,
    objects,
    async bringIn(...rows) {
      const file = join(folder, 'labels.csv')
      writeFileSync(file, [header, ...rows].join('\n'))
      const { jobId } = await core.call.decisions.bringIn({ file })
      const ended = (): Job | undefined => {
        const event = events.findLast((each) => each.type === 'job' && each.job.id === jobId)
        return event?.type === 'job' && event.job.finishedAt !== null ? event.job : undefined
      }
      await expect.poll(ended, { timeout: 60_000 }).toBeDefined()
      return ended() as Job
    }
  }
}

async function said({ core }: Bench, objectId: number): Promise<Record<string, string>> {
  const { facets } = await core.call.objects.record({ objectId })
  return Object.fromEntries(
    facets.map(({ facet, state, annotations }) => [facet, [state, ...annotations.map(({ term }) => term.key)].join(' ')])
  )
}

it('accepts the terms of every row of an object and closes the facets that they fill, as one action', async () => {
  const at = await bench()
  const job = await at.bringIn(
    'x,medalla,,,one.jpg,numismàtica',
    'two-a,,,paper,,',
    'two-b,llibre,,paper $ metall | metall no fèrric,,',
    'unknown,llibre,,,,',
    'M3,no such type,,,,'
  )
  expect(job.state).toBe('done')
  expect(job.result).toMatchObject({
    rows: 5,
    objects: 2,
    unmatched: 1,
    unmatchedLines: '5',
    unknown: 1,
    unknownLabels: 'no such type',
    kept: 0
  })
  const [first = 0, second = 0, third = 0] = at.objects
  expect(await said(at, first)).toEqual({
    objectTypes: 'closed objectTypes/medalla',
    materials: 'open',
    disciplines: 'closed disciplines/numismàtica',
    subjects: 'open'
  })
  expect(await said(at, second)).toMatchObject({
    objectTypes: 'closed objectTypes/llibre',
    materials: expect.stringContaining('closed materials/paper')
  })
  expect(await said(at, third)).toMatchObject({ objectTypes: 'open' })
  const { action } = await at.core.call.history.undo({})
  expect(action).toMatchObject({ kind: 'bringIn', objects: 2 })
  expect(await said(at, first)).toMatchObject({ objectTypes: 'open', disciplines: 'open' })
})

it('leaves a facet alone about which anything was decided', async () => {
  const at = await bench()
  const [objectId = 0] = at.objects
  await at.core.call.decisions.apply({ kind: 'term', objectId, term: 'objectTypes/llibre', state: 'rejected' })
  const { result } = await at.bringIn('M1,llibre,,paper,one.jpg,')
  expect(result).toMatchObject({ kept: 1, objects: 1 })
  expect(await said(at, objectId)).toMatchObject({ objectTypes: 'open objectTypes/llibre', materials: 'closed materials/paper' })
})

it('changes nothing when the same file comes again', async () => {
  const at = await bench()
  await at.bringIn('M1,llibre,,,one.jpg,')
  expect((await at.bringIn('M1,llibre,,,one.jpg,')).result).toMatchObject({ changes: 0, kept: 1 })
})

it.each([
  ['a file of another kind', 'a,b\n1,2\n', 'bringIn.unknownKind'],
  ['an empty file', '', 'bringIn.unknownKind'],
  ['a broken file', `${header}\nx,"y\n`, 'validate.csvUnreadable'],
  ['no file', null, 'bringIn.missing']
])('refuses %s before anything is recorded', async (_, text, code) => {
  const { core, folder } = await bench()
  const file = join(folder, 'file.csv')
  if (text !== null) writeFileSync(file, text)
  await expect(core.call.decisions.bringIn({ file })).rejects.toMatchObject({ data: { code } })
  expect((await core.call.history.state({})).undo).toBeNull()
})
