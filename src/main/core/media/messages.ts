import type { ErrorData } from '../../../shared/errors.ts'
import type { Examined, ExamineTask } from './examine.ts'
import type { FullTask } from './full.ts'
import type { PreviewTask } from './preview.ts'

/** What a media thread can be asked. */
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

export interface RequestMessage {
  readonly id: number
  readonly request: MediaRequest
}

/** `problem` is an AppError in plain data, `bug` any other exception with its stack. */
export type AnswerMessage =
  | { readonly id: number; readonly answer: MediaAnswers[keyof MediaAnswers] }
  | { readonly id: number; readonly problem: { readonly code: string; readonly data: ErrorData } }
  | { readonly id: number; readonly bug: string }
