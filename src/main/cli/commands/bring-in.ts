import { resolve } from 'node:path'
import { exitCode, type ExitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Job } from '../../../shared/model/job.ts'
import { personSettings, type Action, type Run } from '../run.ts'

interface BringInOptions {
  readonly file: string
  readonly catalogue: string
  readonly person?: string
}

/** `bring-in FILE --catalogue C`: brings in the annotations of a file as decisions, in one action that can be undone, or the suggestions of run files. */
export const bringIn: Action<BringInOptions> = (run, { file, catalogue, person }) =>
  run.withCore({ settings: personSettings(person) }, async (core) => {
    const { words, terminal } = run
    const { path } = await core.call.catalogue.open({ path: resolve(catalogue) })
    const job = await followJob(run, core, () => core.call.decisions.bringIn({ file: resolve(file) }))
    if (job.kind === 'predict') return tellRun(run, job)
    const { result } = job
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

/** Reports what run files added. */
function tellRun({ words, terminal }: Run, { counts, result }: Job): ExitCode {
  const { predicted = 0, already = 0, unmatched = 0, refused = 0 } = counts
  const told = { run: Number(result?.['run'] ?? 0), predicted, already, unmatched, refused }
  terminal.say(words('bringIn.run', told))
  if (unmatched > 0) terminal.say(words('bringIn.runUnmatched', told))
  if (refused > 0) terminal.say(words('bringIn.runRefused', told))
  terminal.give(told)
  return unmatched + refused > 0 ? exitCode.doneWithRefused : exitCode.done
}
