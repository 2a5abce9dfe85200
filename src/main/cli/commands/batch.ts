import { basename, join, resolve } from 'node:path'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import { asAppError } from '../failure.ts'
import type { Action, Run } from '../run.ts'
import { exportTo } from './export.ts'
import { importInto, tellImport, type ImportChoices } from './import.ts'
import { modelSettings, predictAll, tellPredict, type ModelChoices } from './predict.ts'

/** `batch FOLDER --out DIR`: imports, suggests and exports CSV and LIDO in one run; run again, it resumes. */
export const batch: Action<ImportChoices & ModelChoices & { folder: string; out: string; force?: boolean }> = (run, given) =>
  run.withCore({ settings: modelSettings(given) }, async (core) => {
    const { words, terminal } = run
    const name = basename(resolve(given.folder)) || 'fitxa'
    const out = resolve(given.out)
    const catalogue = await openOrMake(run, core, out, name)
    const imported = await importInto(run, core, given.folder, given)
    tellImport(run, imported)
    const suggested = await predictAll(run, core, 'missing')
    tellPredict(run, suggested)
    const { termLanguage: language } = await core.call.settings.get()
    const options = { what: 'suggested', language, overwrite: given.force ?? false } as const
    const csv = await exportTo(run, core, { ...options, format: 'csv', file: join(out, `${name}.csv`) })
    const lido = await exportTo(run, core, { ...options, format: 'lido', file: join(out, `${name}.lido.xml`) })
    terminal.say(words('batch.done', { csv: csv.file, lido: lido.file }))
    const report = imported.refused.length > 0 ? await writeReport(run, core, imported.jobId, out, name) : null
    if (report !== null) terminal.say(words('batch.report', { file: report }))
    terminal.give({ catalogue, imported, suggested, csv, lido, report })
    const refused = imported.refused.length + suggested.refused + csv.leftOut + lido.leftOut
    return refused > 0 ? exitCode.doneWithRefused : exitCode.done
  })

/** Creates the catalogue of a batch. An existing one is opened and the batch resumes. */
async function openOrMake(run: Run, core: Core, out: string, name: string): Promise<string> {
  try {
    return (await core.call.catalogue.create({ folder: out, name })).path
  } catch (error) {
    const { code, data } = asAppError(error)
    if (code !== 'catalogue.exists') throw error
    const path = String(data['folder'])
    run.terminal.note(run.words('batch.continued', { path }))
    return (await core.call.catalogue.open({ path })).path
  }
}

async function writeReport(run: Run, core: Core, jobId: number, out: string, name: string): Promise<string> {
  const wanted = join(out, `${name}-${run.language === 'ca' ? 'rebutjats' : 'refused'}.csv`)
  const { file } = await core.call.imports.saveReport({ jobId, problemsOnly: true, language: run.language, file: wanted })
  return file
}
