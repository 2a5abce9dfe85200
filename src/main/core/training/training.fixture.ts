/** A catalogue of real photographs in a core of its own, with a stand-in for the trainer, for tests. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { facetOf, type TermKey } from '../../../shared/model/term.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { TrainingState } from '../../../shared/model/training.ts'
import { createCore, type Core } from '../core.ts'

const root = join(import.meta.dirname, '../../../..')
const photographs = join(root, 'tests/fixtures/parity/images')
export const realTrainer = join(root, 'trainer')
export const standInTrainer = join(root, 'tests/fixtures/training/trainer')

/** What the stand-in is to do; told in its own head comment. */
export interface StandInWish {
  seconds?: number
  epochs?: number
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

/** Tells the stand-in what to do from now on, as long as the test runs. */
export function wish(told: StandInWish): void {
  process.env['FITXA_STAND_IN'] = JSON.stringify(told)
  onTestFinished(() => void delete process.env['FITXA_STAND_IN'])
}

/** A Python that is there: any will do for the stand-in. */
export function anyPython(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
}

/** The Python of the trainer: the one that the surroundings name, else the one that the set-up of the sources makes. */
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
  onTestFinished(() => core.close())
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

/** A catalogue of `objects` objects with a photograph each, the first with two; nothing is decided in it. */
export async function studio(options: { objects: number; trainer?: string; python?: string }): Promise<Studio> {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-training-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const made = await openStudio(folder, options.trainer ?? standInTrainer, options.python ?? anyPython())
  const { core } = made
  await core.call.catalogue.create({ folder, name: 'Ceràmica' })
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  const names = readdirSync(photographs)
  for (let index = 0; index <= options.objects; index++) {
    const name = index === options.objects ? '0_b.jpg' : `${index}_a.jpg`
    cpSync(join(photographs, names[index] ?? ''), join(photos, name))
  }
  await made.ended((await core.call.imports.start({ folder: photos, pattern: '{num}_{view}', predict: false })).jobId)
  return made
}

/** Accepts a term on each of the objects and closes its facet. */
export async function close({ core }: Studio, objectIds: readonly number[], term: TermKey): Promise<void> {
  for (const objectId of objectIds) {
    await core.call.decisions.apply({ kind: 'term', objectId, term, state: 'accepted' })
    await core.call.decisions.apply({ kind: 'facet', objectId, facet: facetOf(term), state: 'closed' })
  }
}

/** The ids of the catalogue's objects in the order of their numbers. */
export async function objectIds({ core }: Studio): Promise<number[]> {
  return (await core.call.objects.ids({ filter: {} })).ids
}
