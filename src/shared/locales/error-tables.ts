import type { Language } from '../model/facet.ts'
import caAnnotation from './ca/errors/annotation.json' with { type: 'json' }
import caBackup from './ca/errors/backup.json' with { type: 'json' }
import caBundle from './ca/errors/bundle.json' with { type: 'json' }
import caCatalogue from './ca/errors/catalogue.json' with { type: 'json' }
import caCli from './ca/errors/cli.json' with { type: 'json' }
import caImport from './ca/errors/import.json' with { type: 'json' }
import caInventory from './ca/errors/inventory.json' with { type: 'json' }
import caInference from './ca/errors/inference.json' with { type: 'json' }
import caExport from './ca/errors/export.json' with { type: 'json' }
import caTraining from './ca/errors/training.json' with { type: 'json' }
import caSystem from './ca/errors/system.json' with { type: 'json' }
import caVocabulary from './ca/errors/vocabulary.json' with { type: 'json' }
import caJobs from './ca/errors/jobs.json' with { type: 'json' }
import caNumbers from './ca/errors/numbers.json' with { type: 'json' }
import caPage from './ca/errors/page.json' with { type: 'json' }
import caRemote from './ca/errors/remote.json' with { type: 'json' }
import caRunFile from './ca/errors/run-file.json' with { type: 'json' }
import caGpu from './ca/errors/gpu.json' with { type: 'json' }
import caServer from './ca/errors/server.json' with { type: 'json' }
import caSettings from './ca/errors/settings.json' with { type: 'json' }
import caShell from './ca/errors/shell.json' with { type: 'json' }
import enAnnotation from './en/errors/annotation.json' with { type: 'json' }
import enBackup from './en/errors/backup.json' with { type: 'json' }
import enBundle from './en/errors/bundle.json' with { type: 'json' }
import enCatalogue from './en/errors/catalogue.json' with { type: 'json' }
import enCli from './en/errors/cli.json' with { type: 'json' }
import enImport from './en/errors/import.json' with { type: 'json' }
import enInventory from './en/errors/inventory.json' with { type: 'json' }
import enInference from './en/errors/inference.json' with { type: 'json' }
import enExport from './en/errors/export.json' with { type: 'json' }
import enTraining from './en/errors/training.json' with { type: 'json' }
import enSystem from './en/errors/system.json' with { type: 'json' }
import enVocabulary from './en/errors/vocabulary.json' with { type: 'json' }
import enJobs from './en/errors/jobs.json' with { type: 'json' }
import enNumbers from './en/errors/numbers.json' with { type: 'json' }
import enPage from './en/errors/page.json' with { type: 'json' }
import enRemote from './en/errors/remote.json' with { type: 'json' }
import enRunFile from './en/errors/run-file.json' with { type: 'json' }
import enGpu from './en/errors/gpu.json' with { type: 'json' }
import enServer from './en/errors/server.json' with { type: 'json' }
import enSettings from './en/errors/settings.json' with { type: 'json' }
import enShell from './en/errors/shell.json' with { type: 'json' }

const ca = {
  ...caServer,
  ...caRemote,
  ...caNumbers,
  ...caRunFile,
  ...caGpu,
  ...caPage,
  ...caCli,
  ...caShell,
  ...caAnnotation,
  ...caCatalogue,
  ...caJobs,
  ...caSettings,
  ...caBackup,
  ...caBundle,
  ...caImport,
  ...caInventory,
  ...caInference,
  ...caExport,
  ...caTraining,
  ...caVocabulary,
  ...caSystem
}

const en = {
  ...enServer,
  ...enRemote,
  ...enNumbers,
  ...enRunFile,
  ...enGpu,
  ...enPage,
  ...enCli,
  ...enShell,
  ...enAnnotation,
  ...enCatalogue,
  ...enJobs,
  ...enSettings,
  ...enBackup,
  ...enBundle,
  ...enImport,
  ...enInventory,
  ...enInference,
  ...enExport,
  ...enTraining,
  ...enVocabulary,
  ...enSystem
}

/** The code of an error: there is one for every sentence. */
export type ErrorCode = keyof typeof ca

/**
 * Sentences of every error code, per language. Each area keeps a file of its own beside this one and is joined here. The type
 * annotation checks that both languages have the same codes.
 */
export const errorTables: Record<Language, Record<ErrorCode, string>> = { ca, en }
