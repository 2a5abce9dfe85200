import { resolve } from 'node:path'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import { personSettings, type Action } from '../run.ts'

interface BringInOptions {
  readonly file: string
  readonly catalogue: string
  readonly person?: string
}

/** `bring-in FILE --catalogue C`: takes annotations of a file as decisions, in one action that one undo takes back. */
export const bringIn: Action<BringInOptions> = (run, { file, catalogue, person }) =>
  run.withCore({ settings: personSettings(person) }, async (core) => {
    const { words, terminal } = run
    const { path } = await core.call.catalogue.open({ path: resolve(catalogue) })
    const { result } = await followJob(run, core, () => core.call.decisions.bringIn({ file: resolve(file) }))
    const number = (name: string): number => Number(result?.[name] ?? 0)
    const text = (name: string): string => String(result?.[name] ?? '')
    const counts = {
      action: number('actionId'),
      rows: number('rows'),
      objects: number('objects'),
      changes: number('changes'),
      kept: number('kept'),
      unmatched: number('unmatched'),
      unknown: number('unknown')
    }
    terminal.say(words('bringIn.done', { ...counts, path }))
    if (counts.kept > 0) terminal.say(words('bringIn.kept', counts))
    if (counts.unmatched > 0) terminal.say(words('bringIn.unmatched', { ...counts, lines: text('unmatchedLines') }))
    if (counts.unknown > 0) terminal.say(words('bringIn.unknown', { ...counts, labels: text('unknownLabels') }))
    terminal.give({ ...counts, unmatchedLines: text('unmatchedLines'), unknownLabels: text('unknownLabels') })
    return counts.unmatched > 0 ? exitCode.doneWithRefused : exitCode.done
  })
