import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { XmlDocument } from 'libxml2-wasm'
import { expect, it, vi } from 'vitest'
import { changeProfileSchema, type ChangesOptions } from '../../../shared/model/changes.ts'
import type { Job } from '../../../shared/model/job.ts'
import {
  annotationBench,
  bronze,
  ceramica,
  flora,
  gerro,
  plat,
  vocabulary,
  type AnnotationBench
} from '../annotation/annotation.fixture.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { jobEvents } from '../jobs/jobs.fixture.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createLog } from '../log/log.ts'
import { createChanges, type Changes } from './changes.ts'

// Every decision is on the disk before it is answered, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

interface ChangesBench extends AnnotationBench {
  readonly changes: Changes
  readonly file: string
  /** Sets the time of all actions until now. */
  happened(at: string): void
  write(options: Omit<ChangesOptions, 'format' | 'file'>): Promise<{ job: Job; text: string }>
}

async function changesBench(): Promise<ChangesBench> {
  const bench = await annotationBench()
  const { catalogue, filler } = bench
  const changes = createChanges({ catalogue, vocabulary })
  const { publish, ended } = jobEvents()
  const jobs = await createJobs({ catalogue, publish, runners: [changes.runner], log: createLog({ folder: null }) })
  const file = join(temporaryFolder(), 'canvis.csv')
  return {
    ...bench,
    changes,
    file,
    happened: (at) => void filler.connection.prepare(`UPDATE action SET at = ? WHERE at > '2026-06-01'`).run(at),
    async write(options) {
      const job = await ended(jobs, await jobs.start('export', 'canvis', { ...options, format: 'changes', file }))
      return { job, text: job.error === null ? await readFile(file, 'utf8') : '' }
    }
  }
}

const term = (objectId: number, key: string, state: 'open' | 'accepted' | 'rejected', certainty: 'certain' | 'probable' = 'certain') =>
  ({ kind: 'term', objectId, term: key, state, certainty }) as const
const csv = (text: string, delimiter = ';'): Record<string, string>[] => parse(text, { bom: true, columns: true, delimiter })

it('tells what was accepted, taken away and changed since a moment, and nothing else', async () => {
  const { annotations, filler, changes, happened, write, as } = await changesBench()
  const { id } = filler.object('0012')
  const untouched = filler.object('13').id
  for (const key of [gerro, ceramica, flora]) await annotations.apply(term(id, key, 'accepted'))
  await annotations.apply(term(untouched, gerro, 'accepted'))
  happened('2026-01-05T10:00:00.000Z')
  as('Joan Vila')
  await annotations.apply(term(id, plat, 'accepted'))
  await annotations.apply(term(id, ceramica, 'rejected'))
  await annotations.apply(term(id, flora, 'accepted', 'probable'))
  // What is as it was, and what was never accepted, is no change.
  await annotations.apply(term(id, gerro, 'open'))
  await annotations.apply(term(id, gerro, 'accepted'))
  await annotations.apply(term(id, bronze, 'rejected'))

  expect(await changes.summary('2026-02-01')).toEqual({
    since: '2026-02-01T00:00:00.000Z',
    objects: 1,
    counts: { added: 1, removed: 1, changed: 1 },
    facets: { objectTypes: 1, materials: 1, disciplines: 0, subjects: 1 }
  })
  const { job, text } = await write({ since: '2026-02-01', profile: 'people' })
  expect(job).toMatchObject({ state: 'done', result: { objects: 1, changes: 3 } })
  expect(csv(text).map((row) => [row['number'], row['change'], row['term'], row['uri'], row['who']])).toEqual([
    ['="0012"', 'afegit', 'plat', '', 'Joan Vila'],
    ['="0012"', 'tret', 'ceràmica', 'http://vocab.getty.edu/aat/5', 'Joan Vila'],
    ['="0012"', 'canviat', 'flora', 'http://vocab.getty.edu/aat/7', 'Joan Vila']
  ])
  expect(csv(text)[0]?.['when']).toMatch(/^\d{4}-\d\d-\d\dT/)
})

it('since the last export: everything first, then only what came after it', async () => {
  const { annotations, filler, changes, happened, write } = await changesBench()
  const { id } = filler.object('12')
  await annotations.apply(term(id, gerro, 'accepted'))
  expect(await changes.summary(null)).toMatchObject({ since: null, counts: { added: 1 } })
  happened('2026-01-05T10:00:00.000Z')
  expect((await write({ since: null, profile: 'people' })).job.result).toMatchObject({ changes: 1, since: null })
  expect(await changes.summary(null)).toMatchObject({ since: expect.any(String), objects: 0 })
  await annotations.apply(term(id, bronze, 'accepted'))
  const { text, job } = await write({ since: null, profile: 'people', overwrite: true })
  expect(job.result).toMatchObject({ changes: 1 })
  expect(csv(text)).toMatchObject([{ term: 'bronze' }])
})

it('writes for a system: plain numbers, URIs, one row an object, or XML with an element for each value', async () => {
  const { annotations, filler, changes, write } = await changesBench()
  const { id } = filler.object('0012')
  for (const key of [gerro, plat, bronze]) await annotations.apply(term(id, key, 'accepted'))
  const { text } = await write({ since: null, profile: 'CollectiveAccess' })
  expect(csv(text, ',')).toEqual([
    {
      idno: '0012',
      object_types: 'http://vocab.getty.edu/aat/2;plat',
      materials: 'http://vocab.getty.edu/aat/6',
      disciplines: '',
      subjects: ''
    }
  ])
  const profile = changeProfileSchema.parse({
    name: 'El nostre',
    format: 'xml',
    rows: 'object',
    language: 'en',
    root: 'museum',
    record: 'object',
    columns: [
      { heading: 'Núm. & lloc', value: 'number' },
      { heading: 'type', value: 'accepted.objectTypes' }
    ]
  })
  expect((await changes.saveProfile(profile)).at(-1)).toEqual({ profile, ready: false })
  const { text: xml } = await write({ since: '2020-01-01', profile: 'el nostre', overwrite: true })
  const document = XmlDocument.fromString(xml)
  expect(document.find('/museum/object/type').map((node) => node.content)).toEqual(['vase', 'plate'])
  expect(document.find('/museum/object/Núm._lloc').map((node) => node.content)).toEqual(['0012'])
  document.dispose()
})

it('keeps profiles in the catalogue, and refuses to replace a ready one', async () => {
  const bench = await changesBench()
  const profile = changeProfileSchema.parse({ name: 'A', format: 'csv', rows: 'term', columns: [{ heading: 'n', value: 'number' }] })
  await bench.changes.saveProfile(profile)
  const replaced = { ...profile, joiner: '/' }
  expect((await bench.changes.saveProfile(replaced)).filter(({ ready }) => !ready)).toEqual([{ profile: replaced, ready: false }])
  await expect(bench.changes.saveProfile({ ...profile, name: 'People' })).rejects.toMatchObject({ code: 'changes.readyProfile' })
  expect((await bench.changes.removeProfile('A')).filter(({ ready }) => !ready)).toEqual([])
  expect((await bench.write({ since: null, profile: 'A' })).job).toMatchObject({ state: 'failed', error: { code: 'changes.noProfile' } })
  expect(changeProfileSchema.safeParse({ ...profile, rows: 'object', columns: [{ heading: 'u', value: 'uri' }] }).success).toBe(false)
})
