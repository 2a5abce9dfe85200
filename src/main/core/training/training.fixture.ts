/** A catalogue of real photographs in a core of its own, with a stand-in for the trainer, for tests. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { TrainingState } from '../../../shared/model/training.ts'
import { createCore, type Core } from '../core.ts'

const root = join(import.meta.dirname, '../../../..')
const photographs = join(root, 'tests/fixtures/parity/images')
export const realTrainer = join(root, 'trainer')
export const standInTrainer = join(root, 'tests/fixtures/training/trainer')

/** The behaviour of the fake trainer; described in its head comment. */
export interface StandInWish {
  epochs?: number
  /** A file by which it waits for epochs to be allowed (`epochGate`). */
  gate?: string
  crashAt?: number
  badLines?: boolean
  refuse?: string
  deaf?: boolean
  bundle?: 'hash' | 'other' | 'none'
  badResult?: boolean
}

export interface Studio {
  readonly folder: string
  readonly core: Core
  readonly events: CoreEvent[]
  /** Waits for a job's end. */
  ended(jobId: number): Promise<Job>
  /** Waits until the training is as asked for. */
  until(jobId: number, is: (state: TrainingState) => boolean): Promise<TrainingState>
  /** Ends the core and starts another over the same folders. */
  restart(): Promise<Studio>
}

/** Sets the behaviour of the fake trainer for the rest of the test. */
export function wish(told: StandInWish): void {
  process.env['FITXA_STAND_IN'] = JSON.stringify(told)
  onTestFinished(() => void delete process.env['FITXA_STAND_IN'])
}

/** An existing Python: any will do for the fake trainer. */
export function anyPython(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
}

/** The Python of the trainer: the one in the environment variable, else that of the set-up. */
export function trainerPython(): string {
  const python =
    process.env['FITXA_TRAINER_PYTHON'] ?? join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python)) throw new Error(`no Python at ${python}: run npm run ready, or name one in FITXA_TRAINER_PYTHON`)
  return python
}

async function openStudio(folder: string, trainerFolder: string, python: string): Promise<Studio> {
  const core = await createCore({
    shell: 'cli',
    version: '0.0.0',
    resourcesFolder: join(root, 'resources'),
    trainerFolder,
    dataFolder: join(folder, 'data'),
    settings: { trainingPython: python, device: 'cpu' }
  })
  onTestFinished(async () => void (await core.close()))
  const events: CoreEvent[] = []
  core.subscribe((event) => events.push(event))
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
  return {
    folder,
    core,
    events,
    async ended(jobId) {
      for (;;) {
        const job = (await core.call.jobs.list()).find(({ id }) => id === jobId)
        if (job && !['waiting', 'running'].includes(job.state)) return job
        await pause()
      }
    },
    async until(jobId, is) {
      for (;;) {
        const state = await core.call.training.state({ jobId })
        if (is(state)) return state
        const job = (await core.call.jobs.list()).find(({ id }) => id === jobId)
        if (job?.finishedAt) throw new Error(`ended before: ${JSON.stringify([job, state])}`)
        await pause()
      }
    },
    async restart() {
      await core.close()
      const next = await openStudio(folder, trainerFolder, python)
      await next.core.call.catalogue.open({ path: join(folder, 'Ceràmica.fitxa') })
      return next
    }
  }
}

/** `objects` photographs of different objects and a second one of the first, as files `<number>_<view>.jpg`. */
function photographsOf(objects: number): Map<string, string> {
  const names = readdirSync(photographs).slice(0, objects + 1)
  return new Map(names.map((name, index) => [index === objects ? '0_b.jpg' : `${index}_a.jpg`, join(photographs, name)]))
}

/** What a catalogue is made of: a number of objects, the first with two photographs, or photographs by their names `<number>_<view>.jpg`. */
interface StudioOptions {
  readonly objects?: number
  readonly photographs?: ReadonlyMap<string, string>
  readonly trainer?: string
  readonly python?: string
}

/** A catalogue without decisions. */
export async function studio(options: StudioOptions): Promise<Studio> {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-training-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const made = await openStudio(folder, options.trainer ?? standInTrainer, options.python ?? anyPython())
  const { core } = made
  await core.call.catalogue.create({ folder, name: 'Ceràmica' })
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  for (const [name, source] of options.photographs ?? photographsOf(options.objects ?? 0)) cpSync(source, join(photos, name))
  await made.ended((await core.call.imports.start({ folder: photos, pattern: '{num}_{view}', predict: false })).jobId)
  return made
}

/** Accepts terms on each of the objects and closes their facets. */
export async function close({ core }: Studio, objectIds: readonly number[], ...terms: readonly TermKey[]): Promise<void> {
  for (const objectId of objectIds) {
    for (const term of terms) await core.call.decisions.apply({ kind: 'term', objectId, term, state: 'accepted' })
    for (const facet of new Set(terms.map(facetOf))) await core.call.decisions.apply({ kind: 'facet', objectId, facet, state: 'closed' })
  }
}

/** The ids of the catalogue's objects in the order of their numbers. */
export async function objectIds({ core }: Studio): Promise<number[]> {
  return (await core.call.objects.ids({ filter: {} })).ids
}
