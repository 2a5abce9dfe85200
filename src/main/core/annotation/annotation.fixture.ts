/** An open catalogue with a small vocabulary and its annotations, for tests. */
import { onTestFinished } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { Term, TermKey } from '../../../shared/model/term.ts'
import { fill, temporaryFolder, type Filler } from '../catalogue/catalogue.fixture.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import type { AcceptRule, TermState } from '../../../shared/model/record.ts'
import type { Job } from '../../../shared/model/job.ts'
import { createJobs, type Jobs } from '../jobs/jobs.ts'
import { jobEvents } from '../jobs/jobs.fixture.ts'
import { createLog } from '../log/log.ts'
import { createAnnotations, type Annotations } from './annotation.ts'
import type { TermSource } from './hydrate.ts'

/** Terms by key: labels, AAT id, and whether they are guide terms. `pot` and `olla` are one concept at two places. */
const terms: Record<TermKey, { ca: string; en: string; aatId: string | null; guide?: true }> = {
  'objectTypes/atuells': { ca: 'atuells', en: 'vessels', aatId: '1', guide: true },
  'objectTypes/atuells | gerro': { ca: 'gerro', en: 'vase', aatId: '2' },
  'objectTypes/atuells | pot': { ca: 'pot', en: 'pot', aatId: '3' },
  'objectTypes/cuina | olla': { ca: 'olla', en: 'pot', aatId: '3' },
  'objectTypes/atuells | plat': { ca: 'plat', en: 'plate', aatId: null },
  'materials/ceràmica': { ca: 'ceràmica', en: 'ceramic', aatId: '5' },
  'materials/metall | bronze': { ca: 'bronze', en: 'bronze', aatId: '6' },
  'subjects/flora': { ca: 'flora', en: 'flora', aatId: '7' }
}

export const gerro = 'objectTypes/atuells | gerro'
export const pot = 'objectTypes/atuells | pot'
export const olla = 'objectTypes/cuina | olla'
export const plat = 'objectTypes/atuells | plat'
export const ceramica = 'materials/ceràmica'
export const bronze = 'materials/metall | bronze'
export const flora = 'subjects/flora'

export const vocabulary: TermSource = {
  has: (key) => key in terms,
  term(key): Term {
    const found = terms[key]
    if (found === undefined) throw new Error(`unknown ${key}`)
    const labels = { ca: found.ca, en: found.en }
    return { key, facet: facetOf(key), aatId: found.aatId, labels, path: [labels], assignable: found.guide !== true }
  }
}

export type WriteObserver = (operation: string, what: 'asked' | 'answered' | 'failed') => void

/** Test bench: `as` switches the person, `reopen` closes the catalogue and opens it again. */
export interface AnnotationBench {
  readonly catalogue: Catalogue
  readonly annotations: Annotations
  readonly events: CoreEvent[]
  readonly filler: Filler
  readonly jobs: Jobs
  /** Accepts suggestions by a rule and waits for the end of its job. */
  accept(rule: AcceptRule): Promise<Job>
  /** The job once it has ended. */
  ended(jobId: number): Promise<Job>
  as(author: string): void
  reopen(): Promise<AnnotationBench>
}

/** `onWrite` is notified of every call that writes to the catalogue, and of its answer. */
export async function annotationBench(onWrite?: WriteObserver): Promise<AnnotationBench> {
  return await sit(await createCatalogue(temporaryFolder(), 'test'), onWrite)
}

async function sit(opened: Catalogue, onWrite: WriteObserver = () => undefined): Promise<AnnotationBench> {
  onTestFinished(() => opened.close())
  const pass = opened.write as (operation: string, input?: unknown) => Promise<unknown>
  function watched(operation: string, input?: unknown): Promise<unknown> {
    onWrite(operation, 'asked')
    const answer = pass(operation, input)
    void answer.then(
      () => onWrite(operation, 'answered'),
      () => onWrite(operation, 'failed')
    )
    return answer
  }
  const catalogue: Catalogue = {
    ...opened,
    // The types of the operations are lost where calls are only passed on.
    write: watched as Catalogue['write']
  }
  const filler = fill(catalogue.folder)
  onTestFinished(() => filler.close())
  const events: CoreEvent[] = []
  let author = 'Maria Puig'
  const { publish, ended } = jobEvents()
  const annotations = createAnnotations({
    catalogue,
    vocabulary,
    author: () => author,
    publish: (event) => events.push(event),
    startBulk: (work) => jobs.start('rule', 'test', work),
    backUp: () => Promise.resolve()
  })
  const jobs = await createJobs({ catalogue, publish, runners: [annotations.runner], log: createLog({ folder: null }) })
  return {
    catalogue,
    annotations,
    events,
    filler,
    jobs,
    accept: async (rule) => ended(jobs, await annotations.acceptRule(rule)),
    ended: (jobId) => ended(jobs, jobId),
    as(name) {
      author = name
    },
    async reopen() {
      filler.close()
      await catalogue.close()
      return sit(await openCatalogue(catalogue.folder), onWrite)
    }
  }
}

/** The decided terms of an object, by key. */
export async function decided(annotations: Annotations, objectId: number): Promise<Record<TermKey, Exclude<TermState, 'open'>>> {
  const record = await annotations.record(objectId)
  return Object.fromEntries(record.facets.flatMap(({ annotations: list }) => list.map(({ term, state }) => [term.key, state])))
}

/** How many actions and events the catalogue holds. */
export function written({ filler }: AnnotationBench): { actions: number; events: number } {
  const count = (table: string): number => (filler.connection.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
  return { actions: count('action'), events: count('event') }
}
