import { appMethods } from './app.ts'
import { backupsMethods } from './backups.ts'
import { methods } from './base.ts'
import { changesMethods } from './changes.ts'
import { catalogueMethods } from './catalogue.ts'
import { decisionsMethods, historyMethods } from './decisions.ts'
import { exportsMethods } from './exports.ts'
import { foldersMethods } from './folders.ts'
import { importsMethods } from './imports.ts'
import { gpuMethods } from './gpu.ts'
import { fieldsMethods, inventoryMethods } from './inventory.ts'
import { jobsMethods } from './jobs.ts'
import { learningMethods } from './learning.ts'
import { numbersMethods } from './numbers.ts'
import { originalsMethods } from './originals.ts'
import { objectsMethods } from './objects.ts'
import { modelsMethods, predictionsMethods } from './predictions.ts'
import { settingsMethods } from './settings.ts'
import { trainingMethods } from './training.ts'
import { vocabularyMethods } from './vocabulary.ts'

/** The handler of every method of the contract. One missing, or one too many, does not compile. */
export const router = methods.router({
  app: appMethods,
  settings: settingsMethods,
  folders: foldersMethods,
  catalogue: catalogueMethods,
  backups: backupsMethods,
  imports: importsMethods,
  jobs: jobsMethods,
  objects: objectsMethods,
  inventory: inventoryMethods,
  fields: fieldsMethods,
  gpu: gpuMethods,
  predictions: predictionsMethods,
  learning: learningMethods,
  models: modelsMethods,
  training: trainingMethods,
  decisions: decisionsMethods,
  numbers: numbersMethods,
  originals: originalsMethods,
  history: historyMethods,
  vocabulary: vocabularyMethods,
  changes: changesMethods,
  exports: exportsMethods
})
