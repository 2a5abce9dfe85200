import type { CoreEvent } from '../../../shared/contract.ts'
import { contestedNumbers } from '../../../shared/domain/number-groups.ts'
import { parsePattern, type Pattern } from '../../../shared/domain/pattern.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import type { Log } from '../log/log.ts'
import type { Media } from '../media/media.ts'
import { createCommitter } from './committer.ts'
import { examineFile, type ExamineContext } from './examine-file.ts'
import { listFiles } from './list-files.ts'
import { importJobSchema, type ImportJob } from './options.ts'
import { createClaimQueue } from './queue.ts'
import type { Committed } from './take.ts'
import { throttled } from '../lib/throttle.ts'

/** Files that are claimed at once, with one write to the disk. */
const page = 32

/** After this many files in a row without an answer from the disk, the disk is considered at fault. */
const mostStalled = 3

/** Keys that are read at once. */
const keyPage = 20_000

/** Minimum time between two events about new objects, in milliseconds. */
const eventInterval = 1000

export interface ImportParts {
  readonly catalogue: Catalogue
  readonly media: Media
  readonly publish: (event: CoreEvent) => void
  readonly log: Log
  /** Makes a backup before anything is changed. */
  readonly backUp: () => Promise<void>
  /** Requests suggestions for the new pictures, if the import's options say so. */
  readonly predict: () => Promise<void>
}

/**
 * Imports a folder: lists its files, has them examined by the media processes, and stores each result with the state of its file in
 * one transaction. After an interruption, the next run continues with the files that are not done and reads no file twice. Files in
 * progress when the program died are tried one by one in a separate process, and refused if that process dies.
 */
export function createImportRunner(parts: ImportParts): JobRunner {
  return {
    kind: 'import',
    run: async (context, options) => {
      const job = importJobSchema.parse(options)
      await parts.backUp()
      await runImport(parts, context, job)
      const { taken, already, refused } = await parts.catalogue.read('importCounts', context.jobId)
      const ignored = (await parts.catalogue.read('scanEnd', context.jobId))?.ignored ?? 0
      if (taken + already + refused === 0) throw new AppError('import.noPictures', { folder: job.folder, ignored })
      if (job.predict && taken > 0) await parts.predict()
      return { taken, already, refused, ignored } satisfies JobResult
    }
  }
}

async function runImport(parts: ImportParts, context: JobContext, job: ImportJob): Promise<void> {
  const { catalogue, media } = parts
  const { jobId } = context
  const pattern = readPattern(job)
  const root = await catalogue.write('ensureImportRoot', { jobId, folder: job.folder })
  for (const [state, n] of Object.entries(await catalogue.read('importCounts', jobId))) context.count(state, n, { resumed: true })

  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const objectsChanged = throttled(() => parts.publish({ type: 'objects', ids: null }), eventInterval)
  const toDraw = new Set<string>()
  const queue = createClaimQueue(async () => {
    const { claimed, already } = await catalogue.write('claimImportFiles', { jobId, folder: job.folder, limit: page })
    move(context, 'already', already)
    return { keys: claimed, more: claimed.length + already > 0 }
  })
  const grouping = pattern === null ? null : { pattern, acrossFolders: job.acrossFolders }
  const committer = createCommitter({ catalogue, jobId, root, grouping, committed })
  let examine = examineContext(parts, job, pattern, signal)

  function committed({ taken, already, refused, redraw }: Committed): void {
    move(context, 'taken', taken)
    move(context, 'already', already)
    move(context, 'refused', refused)
    for (const key of redraw) {
      toDraw.add(key)
      queue.again(key)
    }
    if (taken > 0) objectsChanged.call()
  }

  /** Lists the files, unless an earlier run has listed them completely. */
  async function scan(): Promise<void> {
    let end = await catalogue.read('scanEnd', jobId)
    if (end === null) {
      end = await listFiles(catalogue, job, signal, async (files) => {
        const added = await catalogue.write('addImportFiles', { jobId, files })
        context.count('pending', added.pending)
        context.count('refused', added.refused)
        queue.listed(false)
      })
      await catalogue.write('endImportScan', { jobId, end })
    }
    const counts = await catalogue.read('importCounts', jobId)
    context.setTotal(Object.values(counts).reduce((sum, n) => sum + n, 0))
    queue.listed(true)
  }

  let stalled = 0
  async function examineAndAdd(key: string, apart: boolean): Promise<void> {
    const outcome = await examineFile(examine, key, { apart, draw: toDraw.has(key) })
    // If the disk does not answer, its files are not refused one by one; the import can be resumed once it does.
    stalled = outcome.kind === 'refused' && outcome.code === 'import.stalled' ? stalled + 1 : 0
    if (stalled >= mostStalled) throw new AppError('import.folderStalled', { folder: job.folder })
    await committer.add({ key, outcome })
  }

  /** Files in progress when the program died, one by one in a separate process. */
  async function trySuspects(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (signal.aborted) return
      await examineAndAdd(key, true)
    }
  }

  async function lane(): Promise<void> {
    await numbered
    for (;;) {
      const key = await queue.next()
      if (key === null) return
      await examineAndAdd(key, false)
    }
  }

  /** Files claimed and not started, to be returned if the work ends early. */
  const unbegun: string[] = []
  function endQueue(): void {
    unbegun.push(...queue.end())
  }
  signal.addEventListener('abort', endQueue, { once: true })
  // Stopped before it started: no abort event will come.
  if (signal.aborted) endQueue()
  /** The first failure ends all parallel parts. */
  const guard = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => failed.abort(error))

  // The processes load while the folder is listed. If they cannot start, the first file reports it.
  void media.ready().catch(() => undefined)
  // Read before anything is claimed, because claimed files also count as started.
  const suspects = await catalogue.read('suspectFiles', jobId)
  const scanned = guard(scan())
  /**
   * The folder that gets a number is known only once all names are listed, so that the result does not depend on which file
   * finishes first. Without a pattern, or where folders are joined, work begins with the first names.
   */
  const numbered =
    grouping === null || grouping.acrossFolders
      ? Promise.resolve()
      : scanned.then(async () => {
          const owners = contestedNumbers(grouping.pattern, await allKeys(catalogue, jobId))
          examine = { ...examine, owners }
        })
  const others = [guard(numbered.then(() => trySuspects(suspects))), scanned]
  do {
    await Promise.all([...others, ...Array.from({ length: media.width }, () => guard(lane()))])
    await guard(committer.end())
  } while (queue.waiting() && !signal.aborted)
  objectsChanged.end()
  if (!signal.aborted) return
  endQueue()
  await guard(catalogue.write('releaseImportFiles', { jobId, keys: unbegun }))
  if (failed.signal.aborted) throw failed.signal.reason
  throw new Cancelled()
}

function readPattern(job: ImportJob): Pattern | null {
  const { pattern, error } = parsePattern(job.pattern)
  if (error !== null) throw AppError.told(error)
  return pattern
}

function examineContext(
  { catalogue, media, log }: ImportParts,
  job: ImportJob,
  pattern: Pattern | null,
  signal: AbortSignal
): ExamineContext {
  const { folder, copy } = job
  const patternText = job.pattern.trim()
  return { media, log, catalogueFolder: catalogue.folder, signal, folder, copy, pattern, patternText, owners: new Map() }
}

/** Keys of all files of an import. */
async function allKeys(catalogue: Catalogue, jobId: number): Promise<string[]> {
  const keys: string[] = []
  for (;;) {
    const page = await catalogue.read('importKeys', { jobId, after: keys.at(-1) ?? '', limit: keyPage })
    keys.push(...page)
    if (page.length < keyPage) return keys
  }
}

/** Counts files from waiting to a final state. */
function move(context: JobContext, state: 'taken' | 'already' | 'refused', n: number): void {
  if (n === 0) return
  context.count('pending', -n)
  context.count(state, n)
}
