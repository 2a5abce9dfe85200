import type { ErrorData } from '../../../shared/errors.ts'
import type { Examined, ExamineTask } from './examine.ts'
import type { FullTask } from './full.ts'
import type { PreviewTask } from './preview.ts'

/** What a media process can be asked. */
export type MediaRequest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'examine'; readonly task: ExamineTask }
  | { readonly kind: 'full'; readonly task: FullTask }
  | { readonly kind: 'preview'; readonly task: PreviewTask }

/** What it answers, by the kind of the request. */
export interface MediaAnswers {
  readonly ready: null
  readonly examine: Examined
  readonly full: { readonly file: string; readonly original: boolean }
  readonly preview: Uint8Array | null
}

/** What the owner sends: a request, or leave to decode a heavy picture. */
export type OwnerMessage = RequestMessage | { readonly enter: true }

export interface RequestMessage {
  readonly id: number
  readonly request: MediaRequest
}

/** What a media process sends: what it is at, so that its owner can judge it, and answers. */
export type WorkerMessage = ProgressMessage | AnswerMessage

export type ProgressMessage =
  /** The file is open and has this size. */
  | { readonly size: number }
  /** All of the file has been read once. */
  | { readonly read: true }
  /** It waits to be the only one that decodes a heavy picture, or has done so. */
  | { readonly heavy: 'ask' | 'leave' }
  /** It holds more memory than a file may take, and ends itself. */
  | { readonly overfull: true }

/** `problem` is an AppError in plain data, `bug` any other exception with its stack. */
export type AnswerMessage =
  | { readonly id: number; readonly answer: MediaAnswers[keyof MediaAnswers] }
  | { readonly id: number; readonly problem: { readonly code: string; readonly data: ErrorData } }
  | { readonly id: number; readonly bug: string }
