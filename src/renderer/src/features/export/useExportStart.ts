import { shallowRef, type ShallowRef } from 'vue'
import type { ExportOptions } from '../../../../shared/model/exchange.ts'
import { api } from '../../api/client.ts'
import { failureOf } from '../../api/failure.ts'
import { report } from '../../composables/useMessages.ts'

/** Starts exports, and holds the question whether one may replace a file that is no export of this catalogue. */
export interface ExportStart {
  readonly starting: Readonly<ShallowRef<boolean>>
  /** The options of the export that waits for the answer, and the file that it would replace; null while nothing is asked. */
  readonly question: Readonly<ShallowRef<{ readonly file: string; readonly options: ExportOptions } | null>>
  start(options: ExportOptions): Promise<void>
  /** Answers the question. */
  answer(replace: boolean): Promise<void>
}

export function useExportStart(): ExportStart {
  const starting = shallowRef(false)
  const question = shallowRef<{ file: string; options: ExportOptions } | null>(null)

  async function start(options: ExportOptions): Promise<void> {
    starting.value = true
    try {
      await api.exports.start(options)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'told' && failure.code === 'export.exists') question.value = { file: String(failure.data['file']), options }
      else report(error)
    } finally {
      starting.value = false
    }
  }

  async function answer(replace: boolean): Promise<void> {
    const asked = question.value
    question.value = null
    if (replace && asked !== null) await start({ ...asked.options, overwrite: true })
  }
  return { starting, question, start, answer }
}
