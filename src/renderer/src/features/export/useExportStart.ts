import { shallowRef, type ShallowRef } from 'vue'
import type { ExportOptions } from '../../../../shared/model/exchange.ts'
import type { PrintOptions } from '../../../../shared/model/print.ts'
import { api } from '../../api/client.ts'
import { failureOf } from '../../api/failure.ts'
import { report } from '../../composables/useMessages.ts'
import { isPrintOptions } from './export-plan.ts'

/** What is to be written: a file for other programs, or a PDF. */
export type OutputOptions = ExportOptions | PrintOptions

/** Starts exports, and asks before one replaces a file that is no export of this catalogue. */
export interface ExportStart {
  readonly starting: Readonly<ShallowRef<boolean>>
  /** The options of the export that waits for the answer, and the file that it would replace; null while nothing is asked. */
  readonly question: Readonly<ShallowRef<{ readonly file: string; readonly options: OutputOptions } | null>>
  start(options: OutputOptions): Promise<void>
  /** Answers the question. */
  answer(replace: boolean): Promise<void>
}

export function useExportStart(): ExportStart {
  const starting = shallowRef(false)
  const question = shallowRef<{ file: string; options: OutputOptions } | null>(null)

  async function start(options: OutputOptions): Promise<void> {
    starting.value = true
    try {
      await (isPrintOptions(options) ? api.exports.print(options) : api.exports.start(options))
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
