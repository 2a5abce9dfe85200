import { resolve } from 'node:path'
import type { ExportFormat, ExportOptions, ExportWhat } from '../../../shared/model/exchange.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action, Run } from '../run.ts'

interface ExportChoices {
  readonly catalogue: string
  readonly format: ExportFormat
  readonly what: ExportWhat
  readonly out: string
  readonly separator?: ';' | ',' | 'tab'
  readonly labels?: Language
  readonly force?: boolean
  readonly unofficialLabels?: boolean
}

export interface ExportResult {
  readonly file: string
  readonly format: ExportFormat
  readonly records: number
  /** Records left out because they would not have been valid. */
  readonly leftOut: number
}

/** `export --catalogue C --format … --what … --out FILE`. */
export const exportCatalogue: Action<ExportChoices> = (
  run,
  { catalogue, format, what, out, separator, labels, force = false, unofficialLabels = false }
) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const { termLanguage } = await core.call.settings.get()
    const result = await exportTo(run, core, {
      format,
      what,
      file: resolve(out),
      separator: separator === 'tab' ? '\t' : separator,
      language: labels ?? termLanguage,
      overwrite: force,
      unofficialLabels
    })
    tellExport(run, result)
    run.terminal.give(result)
    return result.leftOut > 0 ? exitCode.doneWithRefused : exitCode.done
  })

/** Exports the open catalogue. */
export async function exportTo(run: Run, core: Core, options: ExportOptions & { file: string }): Promise<ExportResult> {
  const job = await followJob(run, core, () => core.call.exports.start(options))
  return {
    file: options.file,
    format: options.format,
    records: Number(job.result?.['records'] ?? job.done),
    leftOut: Number(job.result?.['leftOut'] ?? 0)
  }
}

export function tellExport({ words, terminal }: Run, { file, leftOut }: ExportResult): void {
  terminal.say(words('export.done', { file }))
  if (leftOut > 0) terminal.say(words('export.leftOut', { invalid: leftOut }))
}
