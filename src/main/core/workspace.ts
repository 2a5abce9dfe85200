import { perFacet } from '../../shared/model/facet.ts'
import type { CatalogueSummary, Statistics } from '../../shared/model/catalogue.ts'
import type { ImportOptions } from '../../shared/model/job.ts'
import type { ImageSize } from './http/handler.ts'
import type { Content } from './http/send.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import type { CoreContext } from './context.ts'

/** The open catalogue, with everything that lives and ends with it. */
export interface Workspace {
  readonly catalogue: Catalogue
  readonly jobs: Jobs
  summary(): Promise<CatalogueSummary>
  statistics(): Promise<Statistics>
  media(sha256: string, size: ImageSize): Promise<(Content & { readonly type: string }) | null>
  startImport(options: ImportOptions): Promise<number>
  /** Ends in order: jobs (they can be resumed), then the catalogue with its threads. */
  close(): Promise<void>
}

export async function createWorkspace(context: CoreContext, catalogue: Catalogue): Promise<Workspace> {
  const { publish } = context.events
  const jobs = await createJobs({ catalogue, publish, runners: [], log: context.log })
  return {
    catalogue,
    jobs,
    summary: () => Promise.resolve({ path: catalogue.folder, name: catalogue.name, objects: 0 }),
    statistics: () =>
      Promise.resolve({
        objects: 0,
        images: 0,
        suggested: 0,
        status: { new: 0, inWork: 0, closed: 0 },
        facets: perFacet(() => ({ decided: 0, accepted: 0, rejected: 0, terms: 0 })),
        runs: 0,
        decisions: 0
      }),
    media: () => Promise.resolve(null),
    startImport: () => Promise.resolve(0),
    async close() {
      await jobs.close()
      await catalogue.close()
    }
  }
}
