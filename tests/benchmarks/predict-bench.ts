/** What the benchmarks of inference share: a catalogue of photographs in a passing folder, with the real core around it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import type { CoreEvent } from '../../src/shared/contract.ts'
import type { Job } from '../../src/shared/model/job.ts'
import type { Settings } from '../../src/shared/model/settings.ts'
import { createCatalogue, type Catalogue } from '../../src/main/core/operations/catalogue.ts'
import { createImports } from '../../src/main/core/import/import.ts'
import { createImportRunner } from '../../src/main/core/import/runner.ts'
import { createInference, type Inference } from '../../src/main/core/inference/inference.ts'
import { createPredictions, type Predictions } from '../../src/main/core/inference/predictions.ts'
import { createJobs } from '../../src/main/core/jobs/jobs.ts'
import { createLog } from '../../src/main/core/log/log.ts'
import { createMedia } from '../../src/main/core/media/media.ts'
import { loadVocabulary } from '../../src/main/core/vocabulary/vocabulary.ts'

export const root = join(import.meta.dirname, '../..')
export const bundleFolder = join(root, 'resources/models/starter')

export interface PredictBench {
  readonly files: string[]
  readonly catalogue: Catalogue
  readonly inference: Inference
  readonly predictions: Predictions
  /** Predicts all pictures in a run of their own; `seconds` from the start of the job to its end. */
  predictAll(): Promise<{ job: Job; seconds: number }>
  close(): Promise<void>
}

const endings = ['.jpg', '.jpeg', '.png', '.webp']

/** Up to `limit` pictures below a folder, in the order of their paths. */
export function picturesBelow(folder: string, limit: number): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => endings.includes(extname(name).toLowerCase()))
  return names
    .sort()
    .slice(0, limit)
    .map((name) => join(folder, name))
}

/** Imports up to `limit` pictures of `source` into a new catalogue and prepares to predict them on `device`. */
export async function openBench(source: string, limit: number, device: Settings['device']): Promise<PredictBench> {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-bench-'))
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  const files = picturesBelow(source, limit).map((file, index) => {
    const copy = join(photos, `${index}-${basename(file)}`)
    cpSync(file, copy)
    return copy
  })
  const log = createLog({ folder: null })
  const vocabulary = await loadVocabulary(join(root, 'resources/vocabulary'))
  const catalogue = await createCatalogue(folder, 'bench')
  const ended = new Map<number, (job: Job) => void>()
  const publish = (event: CoreEvent): void => {
    if (event.type === 'job' && ['done', 'failed', 'stopped', 'interrupted'].includes(event.job.state)) ended.get(event.job.id)?.(event.job)
  }
  const settings = { get: () => ({ device, modelBundle: null }) }
  const inference = createInference({ bundleFolders: [join(bundleFolder, '..')], settings, vocabulary, log, publish })
  const media = createMedia()
  const predictions = createPredictions({ catalogue, inference, vocabulary, publish, log })
  const nothing = (): Promise<void> => Promise.resolve()
  const runners = [createImportRunner({ catalogue, media, publish, log, backUp: nothing, predict: nothing }), predictions.runner]
  const jobs = createJobs({ catalogue, publish, runners, log })
  const end = async (start: Promise<number>): Promise<Job> => {
    const id = await start
    return await new Promise((resolve) => ended.set(id, resolve))
  }
  const imported = await end(createImports({ catalogue, jobs }).start({ folder: photos }))
  if (imported.state !== 'done') throw new Error(`import ended as ${imported.state}`)
  return {
    files,
    catalogue,
    inference,
    predictions,
    async predictAll() {
      const start = performance.now()
      const job = await end(jobs.start('predict', 'bench', { scope: 'all' }))
      if (job.state !== 'done') throw new Error(`job ended as ${job.state}: ${job.error?.code}`)
      return { job, seconds: (performance.now() - start) / 1000 }
    },
    async close() {
      await jobs.close()
      await predictions.close()
      inference.close()
      await media.close()
      await catalogue.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Resident memory of a process in MB, null if the system does not tell. */
export function residentMegabytes(pid: number | null): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024)
  } catch {
    return null
  }
}

/** Processor time that a process has used, in milliseconds, null if the system does not tell (only Linux does). */
export function cpuMilliseconds(pid: number | null): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // utime and stime, in hundredths of a second (proc(5)).
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return null
  }
}

/** The middle one of some values. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
