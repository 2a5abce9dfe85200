import { readonly, shallowRef } from 'vue'
import { sentence } from '../../../shared/locales/errors.ts'
import type { ErrorData } from '../../../shared/errors.ts'
import type { Language } from '../../../shared/model/facet.ts'
import { failureOf } from '../api/failure.ts'
import { i18n } from '../locales/i18n.ts'

export interface Message {
  readonly id: number
  readonly kind: 'note' | 'problem'
  readonly text: string
  /** Its topic: a new message on a topic replaces the previous one. */
  readonly topic: string
}

const messages = shallowRef<readonly Message[]>([])
let lastId = 0

/** The sentence of an error code in the language of the interface. */
export function errorSentence(code: string, data: ErrorData = {}): string {
  return sentence(i18n.global.locale.value as Language, code, data)
}

/** Shows a sentence above the status bar. Problems stay until they are dismissed; notes disappear by themselves. */
export function tell(kind: Message['kind'], text: string, topic: string = text): void {
  const message = { id: (lastId += 1), kind, text, topic }
  messages.value = [...messages.value.filter((other) => other.topic !== topic), message].slice(-4)
  if (kind === 'note') setTimeout(() => dismiss(message.id), 6000)
}

function dismiss(id: number): void {
  messages.value = messages.value.filter((message) => message.id !== id)
}

/**
 * Reports a failed call to the person. Cancellation is no error, and a lost core has its own banner.
 * Use it as `call().catch(report)`.
 */
export function report(error: unknown): void {
  const failure = failureOf(error)
  if (failure.kind === 'told') tell('problem', errorSentence(failure.code, failure.data))
}

/** The sentence of a failed call for a place beside what caused it; null if there is nothing to say there. */
export function sentenceOf(error: unknown): string | null {
  const failure = failureOf(error)
  if (failure.kind === 'told') return errorSentence(failure.code, failure.data)
  return failure.kind === 'gone' ? errorSentence('page.coreGone') : null
}

/** The messages on screen. */
export const useMessages = () => ({ messages: readonly(messages), dismiss, tell, report })
