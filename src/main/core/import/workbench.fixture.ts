/** A catalogue with an import area for tests, in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CoreEvent } from '../../../shared/contract.ts'
import type { ImportOptions, Job } from '../../../shared/model/job.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { createJobs, type Jobs } from '../jobs/jobs.ts'
import { jobEvents } from '../jobs/jobs.fixture.ts'
import { createLog } from '../log/log.ts'
import { createMedia, type Media } from '../media/media.ts'
import { createImports, type Imports } from './import.ts'
import { createImportRunner } from './runner.ts'

export interface Workbench {
  readonly folder: string
  readonly photos: string
  readonly catalogue: Catalogue
  readonly jobs: Jobs
  readonly imports: Imports
  readonly events: CoreEvent[]
  /** Writes a file below `photos`. */
  put(name: string, bytes: Buffer | string): string
  /** Settles once an event has come that passes. */
  until(passes: (event: CoreEvent) => boolean): Promise<void>
  /** Settles with the job once it has ended. */
  ended(jobId: number): Promise<Job>
  /** Imports `photos` (or another folder) to the end. */
  run(options?: Partial<ImportOptions>): Promise<Job & { jobId: number }>
  /** Closes everything and opens the catalogue again, as after a restart; `media` stands in for what was given first. */
  reopen(media?: Media): Promise<Workbench>
  close(): Promise<void>
}

/** Opens a new catalogue. `media` stays open for the next one, as in the application; without it the workbench has its own. */
export async function openWorkbench(media?: Media): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-import-'))
  mkdirSync(join(folder, 'photos'))
  return await equip(folder, await createCatalogue(folder, 'test'), media)
}

async function equip(folder: string, catalogue: Catalogue, given: Media | undefined): Promise<Workbench> {
  const media = given ?? createMedia({ threads: 2 })
  const photos = join(folder, 'photos')
  const { publish, events, until, ended } = jobEvents()
  const log = createLog({ folder: null })
  const predict = (): Promise<void> => Promise.resolve()
  const jobs = createJobs({
    catalogue,
    publish,
    runners: [createImportRunner({ catalogue, media, publish, log, predict, backUp: () => Promise.resolve() })],
    log
  })
  await jobs.takeUp({ resumeImports: true })
  const imports = createImports({ catalogue, jobs })
  async function close(): Promise<void> {
    await jobs.close()
    if (given === undefined) await media.close()
    await catalogue.close()
  }
  return {
    folder,
    photos,
    until,
    catalogue,
    jobs,
    imports,
    events,
    ended: (jobId) => ended(jobs, jobId),
    put(name, bytes) {
      const path = join(photos, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, bytes)
      return path
    },
    async run(options = {}) {
      const jobId = await imports.start({ folder: photos, ...options })
      return { ...(await ended(jobs, jobId)), jobId }
    },
    async reopen(next = given) {
      await close()
      return await equip(folder, await openCatalogue(catalogue.folder), next)
    },
    async close() {
      await close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
