import type { ErrorData } from '../../../shared/errors.ts'
import type { Examined, ExamineTask } from './examine.ts'
import type { FullTask } from './full.ts'
import type { PreviewTask } from './preview.ts'

/** Requests to a media process. */
export type MediaRequest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'examine'; readonly task: ExamineTask }
  | { readonly kind: 'full'; readonly task: FullTask }
  | { readonly kind: 'preview'; readonly task: PreviewTask }

/** Its answers, by kind of request. */
export interface MediaAnswers {
  readonly ready: null
  readonly examine: Examined
  readonly full: { readonly file: string; readonly original: boolean }
  readonly preview: Uint8Array | null
}

/** Messages of the owner: a request, or permission to decode a heavy picture. */
export type OwnerMessage = RequestMessage | { readonly enter: true }

export interface RequestMessage {
  readonly id: number
  readonly request: MediaRequest
}

/** Messages of a media process: its progress, for the supervisor, and answers. */
export type WorkerMessage = ProgressMessage | AnswerMessage

export type ProgressMessage =
  /** It is up and can work; it comes before everything else. */
  | { readonly started: true }
  /** The file is open and has this size. */
  | { readonly size: number }
  /** All of the file has been read once. */
  | { readonly read: true }
  /** It waits for permission to decode a heavy picture, or has finished doing so. */
  | { readonly heavy: 'ask' | 'leave' }
  /** It holds more memory than a file may take, and ends itself. */
  | { readonly overfull: true }

/** `problem` is an AppError in plain data, `bug` any other exception with its stack. */
export type AnswerMessage =
  | { readonly id: number; readonly answer: MediaAnswers[keyof MediaAnswers] }
  | { readonly id: number; readonly problem: { readonly code: string; readonly data: ErrorData } }
  | { readonly id: number; readonly bug: string }
