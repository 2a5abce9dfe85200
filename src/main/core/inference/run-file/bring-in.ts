import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { suggestionsPerFacet } from '../../../../shared/domain/ranking.ts'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import type { Facet } from '../../../../shared/model/facet.ts'
import type { JobContext, JobResult } from '../../jobs/runner.ts'
import type { Catalogue } from '../../operations/catalogue.ts'
import type { Vocabulary } from '../../vocabulary/vocabulary.ts'
import type { BundleReference, PredictedPicture, PredictedTerm } from '../operations.ts'
import { listRunFiles, openRunFile, runFileEnding, type RunFile, type RunRow, type RunSuggestion } from './read.ts'

const workSchema = z.object({ runFile: z.string().min(1) })

/** The path of the run files that a job of the kind `predict` brings in; null for one that predicts. */
export function runFileWork(options: unknown): string | null {
  return workSchema.safeParse(options).data?.runFile ?? null
}

/** Whether a path means run files: a file with their extension, or a folder. */
export async function isRunPath(path: string): Promise<boolean> {
  return path.endsWith(runFileEnding) || (await stat(path).catch(() => null))?.isDirectory() === true
}

/** Opens the first run file at a path, so that a wrong file is reported before a job begins. AppErrors of openRunFile. */
export async function checkRunFiles(path: string): Promise<void> {
  const [first] = await listRunFiles(path)
  if (first !== undefined) await withRunFile(first, () => Promise.resolve())
}

/** What bringing in run files reads from and writes to. */
export interface BringInParts {
  readonly catalogue: Catalogue
  readonly vocabulary: Pick<Vocabulary, 'has' | 'term'>
  readonly onStored: (objectIds: readonly number[]) => void
}

/**
 * Stores the suggestions of run files as one run of their bundle, as a job: its title is where they came from. Pictures are
 * found by their SHA-256. Counted are pictures `predicted`, `already` (they have suggestions of this bundle), `unmatched` (not in the
 * catalogue) and `refused` (the file records a problem instead of suggestions). An interrupted job continues its run.
 * AppError of openRunFile, or `runFile.otherBundle` where the files do not come from one bundle; Cancelled.
 */
export async function bringInRun(parts: BringInParts, context: JobContext, path: string): Promise<JobResult> {
  const { catalogue } = parts
  const files = await listRunFiles(path)
  const { bundle, devices, rows } = await surveyed(files)
  context.setTotal(rows)
  const before = await catalogue.read('predictJobSoFar', { jobId: context.jobId, bundle })
  const at = new Date().toISOString()
  const runId = before.runId ?? (await catalogue.write('beginRun', { bundle, device: devices, jobId: context.jobId, at }))
  for (const file of files) await withRunFile(file, (opened) => storeFile(parts, context, opened, { runId, bundle }))
  await catalogue.write('finishRun', { runId, device: devices, at: new Date().toISOString() })
  return { run: runId, path }
}

/** The bundle of all files, their devices and number of rows; reads no row. */
async function surveyed(files: readonly string[]): Promise<{ bundle: BundleReference; devices: string; rows: number }> {
  const devices = new Set<string>()
  let bundle: BundleReference | null = null
  let rows = 0
  for (const file of files) {
    await withRunFile(file, ({ info, rowCount }) => {
      const { id, version, sha256 } = info.bundle
      bundle ??= { bundleId: id, bundleVersion: version, bundleSha256: sha256 }
      if (sha256 !== bundle.bundleSha256) throw new AppError('runFile.otherBundle', { file: basename(file), bundle: `${id} ${version}` })
      devices.add(info.device)
      rows += rowCount
      return Promise.resolve()
    })
  }
  if (bundle === null) throw new AppError('runFile.none', { path: '' })
  return { bundle, devices: [...devices].join(', '), rows }
}

async function withRunFile(path: string, use: (file: RunFile) => Promise<void>): Promise<void> {
  const file = await openRunFile(path)
  try {
    await use(file)
  } finally {
    await file.close()
  }
}

async function storeFile(
  { catalogue, vocabulary, onStored }: BringInParts,
  context: JobContext,
  file: RunFile,
  { runId, bundle }: { runId: number; bundle: BundleReference }
): Promise<void> {
  for await (const rows of file.rows()) {
    if (context.signal.aborted) throw new Cancelled()
    const known = rows.filter((row) => row.sha256 !== null && row.problem === null)
    const found = await catalogue.read('picturesBySha256', { sha256s: known.map((row) => row.sha256 as string), bundle })
    const predicted: PredictedPicture[] = []
    const objects = new Set<number>()
    for (const row of known) {
      const pictures = found.filter((picture) => picture.sha256 === row.sha256)
      const open = pictures.filter((picture) => picture.lacks)
      for (const { imageId, objectId } of open) {
        predicted.push({ imageId, facets: rankedFacets(row, vocabulary) })
        objects.add(objectId)
      }
      context.count(pictures.length === 0 ? 'unmatched' : open.length === 0 ? 'already' : 'predicted')
    }
    context.count('refused', rows.length - known.length)
    if (predicted.length === 0) continue
    await catalogue.write('storePredictions', { runId, jobId: context.jobId, predicted, refused: [] })
    onStored([...objects])
  }
}

/** The best terms known to the vocabulary, as many as the application keeps. */
function rankedFacets(row: RunRow, vocabulary: Pick<Vocabulary, 'has' | 'term'>): [Facet, PredictedTerm[]][] {
  return row.facets.map(([facet, suggestions]) => {
    const usable = suggestions.filter(({ term }) => vocabulary.has(term)).slice(0, suggestionsPerFacet)
    return [facet, usable.map((suggestion, index) => predictedTerm(suggestion, facet, index + 1, vocabulary))]
  })
}

function predictedTerm(suggestion: RunSuggestion, facet: Facet, rank: number, vocabulary: Pick<Vocabulary, 'term'>): PredictedTerm {
  const { term: key, score, probability, members } = suggestion
  return { term: { key, facet, aatId: vocabulary.term(key).aatId }, rank, score, probability, members }
}
