import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { fill, temporaryFolder } from '../../catalogue/catalogue.fixture.ts'
import type { Job } from '../../../../shared/model/job.ts'
import { testCore } from '../../core.fixture.ts'
import type { Core } from '../../core.ts'

// Every test starts a whole core.
vi.setConfig({ testTimeout: 60_000 })

/** Made by trainer/tests/run_file_fixture.py: pictures 1 to 6 in two files, the third without suggestions. */
const runFiles = join(import.meta.dirname, '../../../../../tests/fixtures/run-file')
const [firstFile = '', secondFile = ''] = readdirSync(runFiles).sort()

interface Bench {
  readonly core: Core
  readonly folder: string
  /** Pictures 1 to 5: the sixth of the files is not in the catalogue. */
  readonly objects: readonly number[]
  bringIn(path: string): Promise<Job>
}

async function bench(): Promise<Bench> {
  const folder = temporaryFolder()
  const { core, events } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  const filler = fill(path)
  const objects = [1, 2, 3, 4, 5].map((number) => filler.object(`M${number}`, [{ fileName: `${number}.jpg` }]).id)
  filler.connection.exec(`UPDATE image SET sha256 = printf('%064x', id)`)
  filler.close()
  return {
    core,
    folder,
    objects,
    async bringIn(file) {
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

it('stores the suggestions of run files as a run of their bundle, for the pictures that are in the catalogue', async () => {
  const { core, objects, bringIn } = await bench()
  const job = await bringIn(runFiles)
  expect(job).toMatchObject({
    kind: 'predict',
    state: 'done',
    title: basename(runFiles),
    total: 6,
    counts: { predicted: 4, refused: 1, unmatched: 1 }
  })
  const manifest = JSON.parse(readFileSync('resources/models/starter/model.json', 'utf8')) as {
    version: string
    facets: Record<string, { terms: string[] }>
  }
  const record = await core.call.objects.record({ objectId: objects[1] ?? 0 })
  const materials = record.facets.find(({ facet }) => facet === 'materials')
  expect(materials?.suggestions).toHaveLength(10)
  expect(materials?.suggestions[0]).toMatchObject({ rank: 1, term: { key: manifest.facets['materials']?.terms[2] } })
  expect(await core.call.catalogue.statistics()).toMatchObject({ suggested: 4, runs: 1 })
})

it('leaves pictures alone that have suggestions of the bundle, and leaves no run where there is nothing new', async () => {
  const { core, bringIn } = await bench()
  expect((await bringIn(join(runFiles, firstFile))).counts).toEqual({ predicted: 2, refused: 1 })
  expect((await bringIn(runFiles)).counts).toEqual({ predicted: 2, already: 2, refused: 1, unmatched: 1 })
  expect((await bringIn(runFiles)).counts).toEqual({ already: 4, refused: 1, unmatched: 1 })
  expect(await core.call.catalogue.statistics()).toMatchObject({ suggested: 4, runs: 2 })
})

it('lists the pictures without suggestions for the trainer', async () => {
  const { core, folder, bringIn } = await bench()
  const out = join(folder, 'open.csv')
  expect(await core.call.predictions.openList({ file: out })).toEqual({ file: out, images: 5 })
  await bringIn(join(runFiles, firstFile))
  expect(await core.call.predictions.openList({ file: out, overwrite: true })).toMatchObject({ images: 3 })
  const [head, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\r\n')
  expect(head).toBe('file,sha256')
  expect(rows.map((row) => row.split(',')[1])).toEqual([3, 4, 5].map((number) => number.toString(16).padStart(64, '0')))
  expect(rows[0]).toMatch(/3\.jpg,/)
  await expect(core.call.predictions.openList({ file: out })).rejects.toMatchObject({ data: { code: 'export.exists' } })
})

it('says in a sentence what is no run file, and ends a job at a damaged one', async () => {
  const { core, folder, bringIn } = await bench()
  const bad = join(folder, 'bad.parquet')
  writeFileSync(bad, 'PAR1 and nothing more')
  await expect(core.call.decisions.bringIn({ file: bad })).rejects.toMatchObject({ data: { code: 'runFile.notRun' } })
  await expect(core.call.decisions.bringIn({ file: join(folder, 'none.parquet') })).rejects.toMatchObject({
    data: { code: 'runFile.unreadable' }
  })
  const mixed = join(folder, 'mixed')
  cpSync(runFiles, mixed, { recursive: true })
  await expect(core.call.decisions.bringIn({ file: temporaryFolder() })).rejects.toMatchObject({ data: { code: 'runFile.none' } })
  const damaged = readFileSync(join(mixed, secondFile))
  damaged.fill(0xff, 4, 2000)
  writeFileSync(join(mixed, secondFile), damaged)
  const job = await bringIn(mixed)
  expect(job).toMatchObject({ state: 'failed', error: { code: 'runFile.damaged', data: { file: secondFile, row: 1 } } })
  expect(await core.call.catalogue.statistics()).toMatchObject({ suggested: 2 })
  // What was stored stays; the whole file brings the rest.
  expect((await bringIn(runFiles)).counts).toEqual({ predicted: 2, already: 2, refused: 1, unmatched: 1 })
})

it('refuses files of two bundles together before it stores anything', async () => {
  const { core, folder, bringIn } = await bench()
  const mixed = join(folder, 'mixed')
  cpSync(runFiles, mixed, { recursive: true })
  const other = readFileSync(join(mixed, secondFile))
  const at = other.indexOf('"sha256": "') + '"sha256": "'.length
  other.write(other[at] === 0x30 ? '1' : '0', at)
  writeFileSync(join(mixed, secondFile), other)
  expect(await bringIn(mixed)).toMatchObject({ state: 'failed', error: { code: 'runFile.otherBundle', data: { file: secondFile } } })
  expect(await core.call.catalogue.statistics()).toMatchObject({ suggested: 0 })
})
