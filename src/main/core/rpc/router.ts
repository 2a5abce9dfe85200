import { AppError } from '../../../shared/errors.ts'
import { appMethods } from './app.ts'
import { methods } from './base.ts'
import { catalogueMethods } from './catalogue.ts'
import { decisionsMethods, historyMethods } from './decisions.ts'
import { exportsMethods } from './exports.ts'
import { foldersMethods } from './folders.ts'
import { jobsMethods } from './jobs.ts'
import { objectsMethods } from './objects.ts'
import { modelsMethods, predictionsMethods } from './predictions.ts'
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
  objects: objectsMethods,
  predictions: predictionsMethods,
  models: modelsMethods,
  decisions: decisionsMethods,
  history: historyMethods,
  vocabulary: vocabularyMethods,
  exports: exportsMethods
})
