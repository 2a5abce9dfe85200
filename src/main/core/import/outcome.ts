import type { Pattern } from '../../../shared/domain/pattern.ts'
import type { ErrorData } from '../../../shared/errors.ts'
import type { ImageMetadata } from '../../../shared/model/record.ts'

/** An examined picture whose stored sizes are in place. */
export interface PictureToTake {
  readonly kind: 'picture'
  readonly sha256: string
  readonly bytes: number
  readonly modified: number
  readonly format: string
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly orientation: number
  readonly metadata: ImageMetadata
  /** Where its copy lies below the catalogue's folder, null for a picture left in place. */
  readonly copiedTo: string | null
  /** The number read from the name. */
  readonly inventoryNumber: string | null
  readonly view: string | null
  /** False if another folder of this import has the same number and gets it. */
  readonly keepsNumber: boolean
  /** A notice about a picture that was taken. */
  readonly notice: { readonly code: string; readonly data: ErrorData } | null
}

/** The outcome of a file: a picture, one that was drawn before, or a refusal with its reason. */
export type FileOutcome =
  | PictureToTake
  | { readonly kind: 'drawn'; readonly sha256: string; readonly modified: number }
  | { readonly kind: 'refused'; readonly code: string; readonly data: ErrorData }

export interface FinishedFile {
  readonly key: string
  readonly outcome: FileOutcome
}

/** How pictures find their objects by the numbers in their names. */
export interface Grouping {
  readonly pattern: Pattern
  readonly acrossFolders: boolean
}
