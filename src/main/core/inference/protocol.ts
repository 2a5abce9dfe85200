import type { RankedScore } from '../../../shared/domain/ranking.ts'
import type { ErrorData } from '../../../shared/errors.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Bundle } from './bundle.ts'
import type { FacetScores } from './network.ts'
import type { Provider } from './provider.ts'

/**
 * Where a picture's bytes may be: the locations of the original, each of `bytes` bytes if it is still the file that was
 * imported, and the catalogue's own screen-size version for when none of them can be read.
 */
export interface PictureSource {
  readonly originals: readonly string[]
  readonly bytes: number | null
  /** Width times height of the original where it is known. */
  readonly pixels: number | null
  readonly screen: string | null
}

export interface PictureRequest {
  readonly id: number
  readonly source: PictureSource
  /** Takes precedence over pictures that are not urgent. */
  readonly urgent: boolean
  /** Give the probabilities of all terms of all members too. */
  readonly wantScores: boolean
}

/** What was found for a picture: per facet its best terms, and from which file. */
export interface Prediction {
  readonly facets: Partial<Record<Facet, RankedScore[]>>
  readonly from: 'original' | 'screen'
  readonly scores: FacetScores | null
  /** What the picture encoder gives; null from a bundle. */
  readonly embedding: Float32Array | null
}

/** What a process loads: a bundle on a provider. `unknown` lists, per facet, indices of terms that must not be suggested. */
export interface Setup {
  readonly bundle: Bundle
  readonly provider: Provider
  readonly unknown: Partial<Record<Facet, readonly number[]>>
}

/** An AppError on its way out of the process. `detail` is what a library said, for the log and for technicians only. */
export interface ErrorMessage {
  readonly code: string
  readonly data: ErrorData
  readonly detail?: string
}

/** Requests of the core to the inference process. */
export type ToProcess =
  | { readonly type: 'open'; readonly setup: Setup }
  | { readonly type: 'predict'; readonly request: PictureRequest }
  | { readonly type: 'measure'; readonly seconds: number }

/** `capacity` is the number of pictures that must be under way to keep every thread busy. */
export type FromProcess =
  | { readonly type: 'opened'; readonly capacity: number }
  | { readonly type: 'failed'; readonly error: ErrorMessage }
  | { readonly type: 'measured'; readonly imagesPerSecond: number }
  | PictureAnswer

export type PictureAnswer =
  | { readonly type: 'predicted'; readonly id: number; readonly prediction: Prediction }
  | { readonly type: 'refused'; readonly id: number; readonly error: ErrorMessage }

/** How a thread of the process is started, and what it is asked. `selfTest`: compare the test picture before reporting ready. */
export interface ThreadSetup extends Setup {
  readonly threads: number
  readonly batch: number
  readonly fixedBatch: boolean
  readonly selfTest: boolean
}

export type ToThread = { readonly type: 'predict'; readonly request: PictureRequest } | { readonly type: 'close' }

export type FromThread =
  { readonly type: 'ready'; readonly batch: number } | { readonly type: 'failed'; readonly error: ErrorMessage } | PictureAnswer
