import type { Facet } from '../../../shared/model/facet.ts'
import type { AppError } from '../../../shared/errors.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { TermReference } from '../catalogue/terms.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { facetTables, type Manifest } from './manifest.ts'
import type { inferenceWrites, PictureRow, PredictedPicture, PredictedTerm, RefusedPicture } from './operations.ts'
import type { Prediction } from './protocol.ts'

/** Maximum number of pictures in a transaction, and how long a result waits for others, in milliseconds. */
const picturesPerWrite = 100
const longestWait = 250
/** Transactions that may be pending before the run has to wait. */
const mostWaiting = 4

/** A term as rows refer to it, by facet and index in the manifest. */
type TermTable = Partial<Record<Facet, (TermReference | null)[]>>

/** The manifest's terms with their AAT ids; null if the vocabulary does not have the term. */
export function termTable(manifest: Manifest, vocabulary: Pick<Vocabulary, 'has' | 'term'>): TermTable {
  const reference = (key: string, facet: Facet): TermReference | null =>
    vocabulary.has(key) ? { key, facet, aatId: vocabulary.term(key).aatId } : null
  return Object.fromEntries(facetTables(manifest).map(([facet, { terms }]) => [facet, terms.map((key) => reference(key, facet))]))
}

/**
 * Collects the results of a run and writes them to the catalogue in batches. After a write that failed nothing more is written, and
 * every `room` and `flush` rejects with its error.
 */
export class Recorder {
  private readonly catalogue: Pick<Catalogue, 'write'>
  private readonly terms: TermTable
  private readonly run: { readonly runId: number; readonly jobId: number | null }
  private readonly onStored: (objectIds: readonly number[]) => void
  private predicted: PredictedPicture[] = []
  private refused: RefusedPicture[] = []
  private objects = new Set<number>()
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()
  private waiting = 0
  private failure: unknown = null

  constructor(
    catalogue: Pick<Catalogue, 'write'>,
    terms: TermTable,
    run: { runId: number; jobId: number | null },
    onStored: (objectIds: readonly number[]) => void
  ) {
    this.catalogue = catalogue
    this.terms = terms
    this.run = run
    this.onStored = onStored
  }

  add(picture: PictureRow, prediction: Prediction): void {
    const facets = Object.entries(prediction.facets) as [Facet, NonNullable<Prediction['facets'][Facet]>][]
    const rows = facets.map(([facet, ranked]): readonly [Facet, PredictedTerm[]] => [
      facet,
      ranked.flatMap(({ index, rank, score, probability, members }) => {
        const term = this.terms[facet]?.[index]
        return term ? [{ term, rank, score: round(score), probability: round(probability), members: roundAll(members) }] : []
      })
    ])
    this.predicted.push({ imageId: picture.imageId, facets: rows })
    this.objects.add(picture.objectId)
    this.schedule()
  }

  refuse(picture: PictureRow, error: AppError): void {
    this.refused.push({ imageId: picture.imageId, code: error.code, data: error.data })
    this.schedule()
  }

  get failed(): boolean {
    return this.failure !== null
  }

  /** Resolves when there is room for more results, so that they do not pile up in memory. */
  async room(): Promise<void> {
    if (this.waiting >= mostWaiting) await this.writing
    if (this.failure !== null) throw this.failure
  }

  /** Writes what is collected and waits until everything is in the catalogue. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.predicted.length + this.refused.length > 0) {
      const input = { ...this.run, predicted: this.predicted, refused: this.refused }
      const objects = [...this.objects]
      this.predicted = []
      this.refused = []
      this.objects = new Set()
      this.waiting++
      this.writing = this.writing.then(() => this.write(input, objects))
    }
    await this.writing
    if (this.failure !== null) throw this.failure
  }

  /** Writes one batch. Never rejects: the failure is kept for `room` and `flush`. */
  private async write(input: Parameters<(typeof inferenceWrites)['storePredictions']>[1], objects: readonly number[]): Promise<void> {
    try {
      if (this.failure !== null) return
      await this.catalogue.write('storePredictions', input)
      if (objects.length > 0) this.onStored(objects)
    } catch (error) {
      this.failure = error
    } finally {
      this.waiting--
    }
  }

  private schedule(): void {
    if (this.predicted.length + this.refused.length >= picturesPerWrite) this.flushAside()
    else this.timer ??= setTimeout(() => this.flushAside(), longestWait)
  }

  /** The next `room` or `flush` rejects with the failure, if there is one. */
  private flushAside(): void {
    this.flush().catch(() => undefined)
  }
}

/** Seven digits say all that single precision knows. */
function round(value: number): number {
  return Number(value.toPrecision(7))
}

function roundAll(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]))
}
