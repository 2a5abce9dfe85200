/** The trainer itself, over a small catalogue of real photographs: from decisions to a model that suggests instead of the old one. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { close, objectIds, realTrainer, studio, trainerPython, type Studio } from './training.fixture.ts'

const mini = join(realTrainer, 'tests', 'fixtures', 'mini')

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

/** Trains a small bundle on the trainer's own small data set, to go out from. */
const ground = `
import sys
from pathlib import Path
from small_base import make_base

folder = Path(sys.argv[1])
make_base(folder)
`

const folder = mkdtempSync(join(tmpdir(), 'fitxa-real-training-'))
const base = { id: 'mini', version: '0.0.1' }
beforeAll(() => {
  const path = [join(realTrainer, 'src'), join(realTrainer, 'tests')].join(delimiter)
  const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1' }
  execFileSync(trainerPython(), ['-c', ground, folder], { env, stdio: ['ignore', 'ignore', 'pipe'] })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Row {
  readonly file: string
  readonly 'objectTypes.hierarchy': string
}

/** Pictures of the trainer's own small data set, twelve each of three kinds of things. */
const kinds = ["indumentària | accessori d'indumentària | accessori de vestir | calçat | sabata", 'moneda', 'document $ manuscrit']
const rows = parse(readFileSync(join(mini, 'annotations.csv'), 'utf8'), { columns: true }) as Row[]
const chosen = kinds.flatMap((kind) => rows.filter((row) => row['objectTypes.hierarchy'] === kind).slice(0, 12))

async function catalogue(): Promise<Studio> {
  const photographs = new Map(chosen.map(({ file }, index) => [`${100 + index}_a.jpg`, join(mini, file)]))
  const made = await studio({ photographs, trainer: realTrainer, python: trainerPython() })
  cpSync(join(folder, 'base'), join(made.folder, 'data', 'models', 'mini'), { recursive: true })
  await made.core.call.models.activate(base)
  const ids = await objectIds(made)
  for (const [index, objectId] of ids.entries()) {
    const terms = (chosen[index]?.['objectTypes.hierarchy'] ?? '').split(' $ ').map((path) => `objectTypes/${path}`)
    await close(made, [objectId], ...terms)
  }
  return made
}

it('is stopped and resumed, gives a model that passes every check, compares it with the old one, and suggests', async () => {
  const made = await catalogue()
  const { core } = made
  expect(await core.call.training.environment()).toMatchObject({ state: 'ready', problem: null })
  const { facets } = await core.call.training.set()
  expect(facets[0]).toMatchObject({ closed: 36, pictures: 36, trainable: 8 })

  const { jobId } = await core.call.training.start({ title: 'Petit', options: { trunk: 'frozen', epochs: 4 } })
  await made.until(jobId, ({ stage }) => stage === 'train' || stage === 'measure')
  expect(await core.call.jobs.stop({ jobId })).toMatchObject({ state: 'stopped', error: null })
  await core.call.jobs.resume({ jobId })
  const job = await made.ended(jobId)
  expect(job).toMatchObject({ state: 'done', error: null, result: { bundle: 'ceramica', version: '1.0.0' } })
  const state = await core.call.training.state({ jobId })
  expect(state.epoch).toBe(state.epochs)
  expect(state.curve.length).toBe(state.epochs)
  expect(state.curve.every(({ loss }) => Number.isFinite(loss))).toBe(true)
  expect(state.warnings.map(({ code }) => code)).not.toContain('training.badLine')

  const reference = { id: 'ceramica', version: '1.0.0' }
  const bundle = (await core.call.models.list()).find(({ id }) => id === 'ceramica')
  expect(bundle).toMatchObject({ problem: null, title: { ca: 'Petit' }, trained: { pictures: 36, catalogue: 'Ceràmica' } })
  expect((await core.call.models.card(reference)).markdown).toMatch(/Petit/)
  const comparison = await core.call.training.compare(reference)
  expect(comparison).toMatchObject({ other: base, samePictures: true, otherActive: true })
  expect(comparison.terms.length).toBeGreaterThan(0)
  const figures = comparison.facets.find(({ facet }) => facet === 'objectTypes')
  expect(figures?.bundle?.images).toBe(figures?.other?.images)
  expect(figures?.bundle?.rPrecision ?? 0, 'it learned from the museum').toBeGreaterThanOrEqual(figures?.other?.rPrecision ?? 1)

  await core.call.models.activate(reference)
  const [objectId = 0] = await objectIds(made)
  await made.ended((await core.call.predictions.start({ scope: 'missing' })).jobId)
  const record = await core.call.objects.record({ objectId })
  expect(record.run).toMatchObject({ bundleId: 'ceramica', bundleVersion: '1.0.0' })
  expect(record.facets[0]?.suggestions[0]?.term.key).toMatch(/^objectTypes\/indumentària/)
  const run = join(made.folder, 'Ceràmica.fitxa', 'training', String(jobId), 'run')
  expect(existsSync(join(run, 'cache')), 'what only the training needed is gone').toBe(false)
  expect(existsSync(join(run, 'result.json'))).toBe(true)
})
