import { AppError } from '../../../shared/errors.ts'
import { appMethods } from './app.ts'
import { methods } from './base.ts'
import { catalogueMethods } from './catalogue.ts'
import { foldersMethods } from './folders.ts'
import { jobsMethods } from './jobs.ts'
import { settingsMethods } from './settings.ts'
import { vocabularyMethods } from './vocabulary.ts'

const pending = (): never => {
  throw new AppError('bug', { trace: 'pending' })
}

/** The handler of every method of the contract; one that lacks is an error of types. */
export const router = methods.router({
  app: appMethods,
  settings: settingsMethods,
  folders: foldersMethods,
  catalogue: catalogueMethods,
  imports: {
    tryPattern: methods.imports.tryPattern.handler(pending),
    start: methods.imports.start.handler(pending),
    report: methods.imports.report.handler(pending),
    reportCsv: methods.imports.reportCsv.handler(pending),
    retry: methods.imports.retry.handler(pending)
  },
  jobs: jobsMethods,
  objects: {
    ids: methods.objects.ids.handler(pending),
    cards: methods.objects.cards.handler(pending),
    record: methods.objects.record.handler(pending)
  },
  predictions: { start: methods.predictions.start.handler(pending), prioritise: methods.predictions.prioritise.handler(pending) },
  models: { list: methods.models.list.handler(pending), card: methods.models.card.handler(pending) },
  decisions: { apply: methods.decisions.apply.handler(pending), acceptRule: methods.decisions.acceptRule.handler(pending) },
  history: {
    state: methods.history.state.handler(pending),
    undo: methods.history.undo.handler(pending),
    redo: methods.history.redo.handler(pending),
    list: methods.history.list.handler(pending)
  },
  vocabulary: vocabularyMethods,
  exports: {
    check: methods.exports.check.handler(pending),
    start: methods.exports.start.handler(pending),
    validate: methods.exports.validate.handler(pending)
  }
})
