import { resolve } from 'node:path'
import { sentence } from '../../../shared/locales/errors.ts'
import { exitCode } from '../exit-code.ts'
import type { Action } from '../run.ts'

/** `validate FILE`: checks an exported file, from here or elsewhere. Invalid records count as refused items. */
export const validate: Action<{ file: string }> = ({ withCore, words, language, terminal }, { file }) =>
  withCore({}, async (core) => {
    const report = await core.call.exports.validate({ file: resolve(file) })
    const { records, valid, errors, warnings } = report
    terminal.say(words('validate.done', { records, valid, errors, warnings }))
    for (const { severity, record, field, code, data, line } of report.problems) {
      const text = words(`validate.${severity}`, { record, field, reason: sentence(language, code, data) })
      terminal.say(line === null ? text : words('validate.line', { line, text }))
    }
    terminal.give(report)
    return errors > 0 ? exitCode.doneWithRefused : exitCode.done
  })
