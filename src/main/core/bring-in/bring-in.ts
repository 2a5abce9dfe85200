import { z } from 'zod'
import { Cancelled } from '../../../shared/errors.ts'
import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { TermReference } from '../catalogue/terms.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import { throttled } from '../lib/throttle.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { BroughtObject } from './bring-in-slice.ts'
import type { BringInEntry } from './entry.ts'
import { readFile } from './read-file.ts'

/** A file to bring in, and the action begun for it. */
export const bringInWorkSchema = z.object({ file: z.string().min(1), actionId: z.number().int() })
export type BringInWork = z.infer<typeof bringInWorkSchema>

/** Minimum time between two progress events, milliseconds. */
const eventInterval = 1000
/** Objects sent to the writer at a time. */
const objectsAtOnce = 500

/** What a job did. `kept`: facets left alone because they had been decided before; `unmatched`: rows without an object. */
export type BringInResult = {
  readonly actionId: number
  readonly rows: number
  readonly objects: number
  readonly changes: number
  readonly kept: number
  readonly unmatched: number
  /** Lines of the first rows without an object. */
  readonly unmatchedLines: string
  readonly unknown: number
  /** The first labels that the vocabulary does not have. */
  readonly unknownLabels: string
}

export interface BringInParts {
  readonly catalogue: Catalogue
  readonly vocabulary: Pick<Vocabulary, 'has' | 'term' | 'assignable'>
  /** Called from time to time when objects have changed. */
  readonly changed: () => void
  /** Called when a job ends, however it ends. */
  readonly ended: () => Promise<void>
}

/** Maximum number of lines and labels listed in the result of a job. */
const named = 20

/**
 * Brings in annotations of a file as decisions, which close the facets they fill: one action, done in slices so that no decision
 * waits for all of it, and undone in one step. An interrupted job resumes where it stopped.
 */
export function createBringInRunner({ catalogue, vocabulary, changed, ended }: BringInParts): JobRunner {
  return {
    kind: 'bringIn',
    async run(context, options): Promise<JobResult> {
      const { file, actionId } = bringInWorkSchema.parse(options)
      const changes = throttled(changed, eventInterval)
      try {
        const entries = await readAll(file)
        const ids = await catalogue.read(
          'objectsOfNames',
          entries.map(({ names }) => names)
        )
        const objects = together(entries, ids)
        await storeAll(actionId, objects, context, () => changes.call())
        const done = await catalogue.write('finishAction', actionId)
        return { actionId, ...done, ...summaryOf(entries, ids) } satisfies BringInResult
      } finally {
        changes.end()
        await ended()
      }
    }
  }

  async function readAll(file: string): Promise<BringInEntry[]> {
    const entries: BringInEntry[] = []
    for await (const entry of readFile(file, vocabulary)) entries.push(entry)
    return entries
  }

  /** The content of all rows by object, in the order of ids. */
  function together(entries: readonly BringInEntry[], ids: readonly (number | null)[]): BroughtObject[] {
    const byObject = new Map<number, Partial<Record<Facet, Set<TermKey>>>>()
    entries.forEach(({ accepted }, row) => {
      const objectId = ids[row] ?? null
      if (objectId === null) return
      const known = byObject.get(objectId) ?? {}
      byObject.set(objectId, known)
      for (const facet of facets) for (const key of accepted[facet] ?? []) (known[facet] ??= new Set()).add(key)
    })
    return [...byObject]
      .sort(([a], [b]) => a - b)
      .map(([objectId, accepted]) => ({
        objectId,
        accepted: Object.fromEntries(
          Object.entries(accepted).map(([facet, keys]) => [facet, [...keys].map((key) => reference(facet as Facet, key))])
        )
      }))
  }

  function reference(facet: Facet, key: TermKey): TermReference {
    return { key, facet, aatId: vocabulary.term(key).aatId }
  }

  async function storeAll(actionId: number, objects: readonly BroughtObject[], context: JobContext, tell: () => void): Promise<void> {
    context.setTotal(objects.length)
    const upTo = await catalogue.read('bringInUpTo', actionId)
    const left = objects.filter(({ objectId }) => objectId > upTo)
    context.count('done', objects.length - left.length, { resumed: true })
    for (let next = 0; next < left.length;) {
      if (context.signal.aborted) throw new Cancelled()
      const { processed } = await catalogue.write('bringInSlice', { actionId, objects: left.slice(next, next + objectsAtOnce) })
      next += processed
      context.count('done', processed)
      tell()
    }
  }
}

function summaryOf(
  entries: readonly BringInEntry[],
  ids: readonly (number | null)[]
): Pick<BringInResult, 'rows' | 'unmatched' | 'unmatchedLines' | 'unknown' | 'unknownLabels'> {
  const unmatched = entries.filter((_, row) => ids[row] === null)
  const unknown = [...new Set(entries.flatMap((entry) => entry.unknown))]
  return {
    rows: entries.length,
    unmatched: unmatched.length,
    unmatchedLines: unmatched
      .slice(0, named)
      .map(({ line }) => line)
      .join(', '),
    unknown: unknown.length,
    unknownLabels: unknown.slice(0, named).join('; ')
  }
}
