import type { AppError } from '../../../shared/errors.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { Bundle } from './bundle.ts'
import type { EngineLease } from './inference.ts'
import type { BundleReference, Lacking, PictureRow } from './operations.ts'
import { pictureSource } from './picture-source.ts'
import type { Prediction } from './protocol.ts'
import { Recorder, termTable } from './recorder.ts'

/** Services that runs use. */
export interface RunParts {
  readonly catalogue: Catalogue
  readonly vocabulary: Pick<Vocabulary, 'has' | 'term'>
  /** Called for the objects whose suggestions were stored. */
  readonly onStored: (objectIds: readonly number[]) => void
}

/** Options of a new run. */
export interface RunStart {
  readonly lease: EngineLease
  /** The job that the run belongs to; null if pictures on screen are predicted by themselves. */
  readonly jobId: number | null
  /** A run that was interrupted and goes on. */
  readonly runId?: number
  readonly scope: 'missing' | 'all'
  /** Called for every picture that has its suggestions, in or out of turn; may come twice for a picture. */
  readonly onPredicted?: (imageId: number) => void
}

/** A run that is open: the suggestions of one bundle for many pictures. */
export class PredictionRun {
  readonly runId: number
  readonly lease: EngineLease
  /** Which pictures lack suggestions, from the view of this run. */
  readonly lacking: Lacking
  private readonly catalogue: Catalogue
  private readonly recorder: Recorder
  private readonly devices: Set<string>
  /** Pictures under way or done out of turn, so that a job does not predict them a second time. */
  private readonly outOfTurn = new Map<number, Promise<void>>()
  private readonly onPredicted: (imageId: number) => void

  private constructor({ catalogue, vocabulary, onStored }: RunParts, runId: number, start: RunStart) {
    const { lease, jobId, scope, onPredicted = () => undefined } = start
    this.catalogue = catalogue
    this.runId = runId
    this.lease = lease
    this.lacking = scope === 'all' ? { by: 'run', runId } : { by: 'bundle', bundle: referenceOf(lease.bundle) }
    this.recorder = new Recorder(catalogue, termTable(lease.bundle.manifest, vocabulary), { runId, jobId }, onStored)
    this.devices = new Set([lease.engine.provider])
    this.onPredicted = onPredicted
  }

  /** Begins a run, or continues the one named. */
  static async begin(parts: RunParts, start: RunStart): Promise<PredictionRun> {
    const { lease, jobId } = start
    const bundle = referenceOf(lease.bundle)
    const at = new Date().toISOString()
    const runId = start.runId ?? (await parts.catalogue.write('beginRun', { bundle, device: lease.engine.provider, jobId, at }))
    return new PredictionRun(parts, runId, start)
  }

  /** Whether something could not be stored; then the run takes no more pictures. */
  get failed(): boolean {
    return this.recorder.failed
  }

  /** Predicts a picture. Rejects with what is wrong with the picture or the engine; what concerns storing is told by `room` and `flush`. */
  async predict(picture: PictureRow, how: { urgent: boolean; signal?: AbortSignal }): Promise<Prediction> {
    const { engine } = this.lease
    const prediction = await engine.predict(pictureSource(this.catalogue.folder, picture), how)
    this.devices.add(engine.provider)
    this.recorder.add(picture, prediction)
    this.onPredicted(picture.imageId)
    return prediction
  }

  /** Predicts a picture before all others, once. */
  async predictOutOfTurn(picture: PictureRow): Promise<void> {
    const known = this.outOfTurn.get(picture.imageId)
    if (known) return await known
    const work = this.predict(picture, { urgent: true }).then(() => undefined)
    this.outOfTurn.set(picture.imageId, work)
    // The caller gets the failure; a job that reaches the picture later tries again and reports it.
    work.catch(() => this.outOfTurn.delete(picture.imageId))
    await work
  }

  /** The prediction of a picture that was or is predicted out of turn. */
  underWay(imageId: number): Promise<void> | undefined {
    return this.outOfTurn.get(imageId)
  }

  refuse(picture: PictureRow, error: AppError): void {
    this.recorder.refuse(picture, error)
  }

  /** Resolves when there is room for more results. Rejects if something could not be stored. */
  room(): Promise<void> {
    return this.recorder.room()
  }

  /** Stores the results. Rejects if something could not be stored. */
  flush(): Promise<void> {
    return this.recorder.flush()
  }

  /** Stores the results and ends the run; a run without pictures is deleted. */
  async finish(): Promise<void> {
    await this.recorder.flush()
    await this.catalogue.write('finishRun', { runId: this.runId, device: [...this.devices].join(', '), at: new Date().toISOString() })
  }
}

/** Names a bundle in the catalogue. */
export function referenceOf(bundle: Bundle): BundleReference {
  return { bundleId: bundle.manifest.id, bundleVersion: bundle.manifest.version, bundleSha256: bundle.sha256 }
}
