import { Command, InvalidArgumentError, Option } from 'commander'
import { exportFormatSchema, exportWhatSchema } from '../../shared/model/exchange.ts'
import { facets, languages } from '../../shared/model/facet.ts'
import { sinceSchema } from '../../shared/model/changes.ts'
import { doublesSchema } from '../../shared/model/numbering.ts'
import { actionKindSchema } from '../../shared/model/record.ts'
import { settingsSchema } from '../../shared/model/settings.ts'
import { trainingOptionsSchema } from '../../shared/model/training.ts'
import { accept } from './commands/accept.ts'
import { backup, backups, restore } from './commands/backup.ts'
import { batch } from './commands/batch.ts'
import { bringIn } from './commands/bring-in.ts'
import { card } from './commands/card.ts'
import { changes } from './commands/changes.ts'
import { exportCatalogue } from './commands/export.ts'
import { findMoved } from './commands/find-moved.ts'
import { gpu } from './commands/gpu.ts'
import { history } from './commands/history.ts'
import { importFolder } from './commands/import.ts'
import { link, strictRules } from './commands/link.ts'
import { learn } from './commands/learn.ts'
import { models } from './commands/models.ts'
import { newCatalogue } from './commands/new.ts'
import { writeOpenList } from './commands/open-list.ts'
import { predict } from './commands/predict.ts'
import { renumber } from './commands/renumber.ts'
import { search } from './commands/search.ts'
import { serve } from './commands/serve.ts'
import { stats } from './commands/stats.ts'
import { train } from './commands/train.ts'
import { undo } from './commands/undo.ts'
import { validate } from './commands/validate.ts'
import { commonOptions, helpIn } from './help.ts'
import { checkRequired, RequiredOption } from './required-option.ts'
import type { ExitCode } from './exit-code.ts'
import type { Action, Run } from './run.ts'
import type { WordKey, Words } from './words.ts'

/** Runs the given command; `json` asks for a machine-readable result. */
export type Start = (command: (run: Run) => Promise<ExitCode>, json: boolean) => Promise<void>

/** The whole command line: every command with its arguments, options and help. `start` is called with the chosen command. */
export function createProgram(words: Words, version: string, start: Start): Command {
  const program = new Command('fitxa')
    .description(words('help.program'))
    .version(version, '-V, --version', words('help.version'))
    .helpOption('-h, --help', words('help.help'))
    .helpCommand(false)
    .configureHelp(helpIn(words))
    // Commander's English sentences are not shown; usage.ts puts errors in the person's language.
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', `\n${words('help.exitCodes')}`)
    .exitOverride()

  const command = <Given>(name: string, description: WordKey, action: Action<Given>): Command => {
    const made = commonOptions(program.command(name).description(words(description)), words)
    return made.action(async () => {
      checkRequired(made)
      const given = Object.fromEntries(made.registeredArguments.map((argument, index) => [argument.name(), made.args[index]]))
      const options = made.opts<{ json?: boolean }>()
      // The arguments and options below have the same names as in each command's own type.
      await start((run) => action(run, { ...given, ...options } as Given), options.json === true)
    })
  }
  const catalogue = (): Option => new RequiredOption('--catalogue <folder>', words('help.catalogue'))
  const copy = (): Option => new Option('--copy', words('help.import.copy'))
  const acrossFolders = (): Option => new Option('--across-folders', words('help.import.acrossFolders'))
  const pattern = (): Option => new Option('--pattern <pattern>', words('help.import.pattern'))
  const model = (): Option => new Option('--model <bundle>', words('help.model'))
  const device = (): Option => new Option('--device <device>', words('help.device')).choices(settingsSchema.shape.device.options)
  const person = (): Option => new Option('--person <name>', words('help.person'))

  command('new', 'help.new', newCatalogue).argument('<catalogue>', words('help.new.path'))
  command('import', 'help.import', importFolder)
    .argument('<folder>', words('help.import.folder'))
    .addOption(catalogue())
    .addOption(copy())
    .addOption(pattern())
    .addOption(acrossFolders())
  command('predict', 'help.predict', predict)
    .addOption(catalogue())
    .addOption(model())
    .addOption(device())
    .option('--all', words('help.predict.all'))
  command('open-list', 'help.openList', writeOpenList)
    .addOption(catalogue())
    .addOption(new RequiredOption('--out <file>', words('help.openList.out')))
    .option('--force', words('help.export.force'))
    .addOption(model())
  command('accept', 'help.accept', accept)
    .addOption(catalogue())
    .addOption(new Option('--top <n>', words('help.accept.top')).argParser(numberBetween(1, 10, true)).conflicts('minConfidence'))
    .addOption(new Option('--min-confidence <p>', words('help.accept.minConfidence')).argParser(numberBetween(0, 1, false)))
    .addOption(new RequiredOption('--reason <text>', words('help.accept.reason')))
    .addOption(person())
  command('bring-in', 'help.bringIn', bringIn).argument('<file>', words('help.bringIn.file')).addOption(catalogue()).addOption(person())
  command('undo', 'help.undo', undo)
    .addOption(catalogue())
    .addOption(person())
    .addOption(new Option('--action <n>', words('help.undo.action')).argParser(numberBetween(1, 1e15, true)).conflicts('run'))
    .addOption(new Option('--run <n>', words('help.undo.run')).argParser(numberBetween(1, 1e15, true)))
  command('history', 'help.history', history)
    .addOption(catalogue())
    .addOption(new Option('--limit <n>', words('help.history.limit')).argParser(numberBetween(1, 100_000, true)))
    .option('--person <name>', words('help.history.person'))
    .addOption(new Option('--kind <kind>', words('help.history.kind')).choices(actionKindSchema.options))
    .option('--runs', words('help.history.runs'))
  command('link', 'help.link', link)
    .argument('<file>', words('help.link.file'))
    .addOption(catalogue())
    .addOption(new RequiredOption('--number <column>', words('help.link.number')))
    .option('--sheet <name>', words('help.link.sheet'))
    .addOption(new Option('--strict <rules...>', words('help.link.strict')).choices(strictRules))
    .option('--prefix <texts...>', words('help.link.prefix'))
    .option('--dry-run', words('help.link.dryRun'))
    .addOption(person())
  command('renumber', 'help.renumber', renumber)
    .argument('<catalogue>', words('help.renumber.catalogue'))
    .addOption(new RequiredOption('--pattern <pattern>', words('help.renumber.pattern')))
    .addOption(new Option('--import <n>', words('help.renumber.import')).argParser(numberBetween(1, 1e15, true)))
    .addOption(new Option('--doubles <how>', words('help.renumber.doubles')).choices(doublesSchema.options).default('refuse'))
    .option('--dry-run', words('help.renumber.dryRun'))
    .addOption(person())
  command('find-moved', 'help.findMoved', findMoved)
    .argument('<folder>', words('help.findMoved.folder'))
    .addOption(catalogue())
    .option('--dry-run', words('help.findMoved.dryRun'))
    .addOption(person())
  command('backup', 'help.backup', backup)
    .addOption(catalogue())
    .addOption(new Option('--folder <folder>', words('help.backup.folder')).conflicts('here'))
    .option('--here', words('help.backup.here'))
  command('backups', 'help.backups', backups).addOption(catalogue())
  command('restore', 'help.restore', restore)
    .argument('<file>', words('help.restore.file'))
    .addOption(new RequiredOption('--to <catalogue>', words('help.restore.to')))
  command('export', 'help.export', exportCatalogue)
    .addOption(catalogue())
    .addOption(new RequiredOption('--format <format>', words('help.export.format')).choices(exportFormatSchema.options))
    .addOption(new Option('--what <terms>', words('help.export.what')).choices(exportWhatSchema.options).default('accepted'))
    .addOption(new RequiredOption('--out <file>', words('help.export.out')))
    .option('--force', words('help.export.force'))
    .addOption(new Option('--separator <separator>', words('help.export.separator')).choices([';', ',', 'tab']))
    .addOption(new Option('--labels <language>', words('help.export.labels')).choices(languages))
    .option('--unofficial-labels', words('help.export.unofficialLabels'))
  command('changes', 'help.changes', changes)
    .addOption(catalogue())
    .addOption(new Option('--since <date>', words('help.changes.since')).argParser(moment).conflicts('sinceExport'))
    .option('--since-export', words('help.changes.sinceExport'))
    .addOption(new RequiredOption('--profile <name>', words('help.changes.profile')))
    .addOption(new RequiredOption('--out <file>', words('help.export.out')))
    .option('--force', words('help.export.force'))
  command('card', 'help.card', card)
    .addOption(catalogue())
    .option('--object <number>', words('help.card.object'))
    .option('--contact-sheet', words('help.card.sheet'))
    .option('--force', words('help.export.force'))
    .addOption(new RequiredOption('--out <file>', words('help.card.out')))
    .addOption(new Option('--labels <language>', words('help.export.labels')).choices(languages))
  command('validate', 'help.validate', validate).argument('<file>', words('help.validate.file'))
  command('search', 'help.search', search)
    .argument('<text>', words('help.search.text'))
    .addOption(new Option('--facet <facet>', words('help.search.facet')).choices(facets))
    .addOption(new Option('--language <language>', words('help.search.language')).choices(languages))
    .addOption(new Option('--limit <n>', words('help.search.limit')).argParser(numberBetween(1, 100, true)))
  command('stats', 'help.stats', stats).addOption(catalogue()).option('--learning', words('help.stats.learning'))
  command('learn', 'help.learn', learn).addOption(catalogue())
  command('models', 'help.models', models)
    .addOption(new Option('--activate <bundle>', words('help.models.activate')).conflicts('back'))
    .option('--back', words('help.models.back'))
  command('gpu', 'help.gpu', gpu)
    .argument('<action>', words('help.gpu.action'))
    .option('--from <folder>', words('help.gpu.from'))
    .addOption(new Option('--check', words('help.gpu.check')).conflicts('remove'))
    .option('--remove', words('help.gpu.remove'))
    .option('--out <folder>', words('help.gpu.out'))
  command('train', 'help.train', train)
    .addOption(catalogue())
    .option('--base <bundle>', words('help.train.base'))
    .option('--title <text>', words('help.train.title'))
    .option('--ssh <machine>', words('help.train.ssh'))
    .option('--ssh-folder <folder>', words('help.train.sshFolder'))
    .option('--python <program>', words('help.train.python'))
    .addOption(new Option('--trunk <how>', words('help.train.trunk')).choices(trainingOptionsSchema.shape.trunk.unwrap().options))
    .addOption(new Option('--epochs <n>', words('help.train.epochs')).argParser(numberBetween(1, 1000, true)))
    .option('--activate', words('help.train.activate'))
    .option('--dry-run', words('help.train.dryRun'))
  command('serve', 'help.serve', serve)
    .option('--catalogue <folder>', words('help.serve.catalogue'))
    .addOption(new Option('--port <port>', words('help.serve.port')).argParser(numberBetween(0, 65535, true)))
    .option('--no-open', words('help.serve.noOpen'))
  command('batch', 'help.batch', batch)
    .argument('<folder>', words('help.import.folder'))
    .addOption(new RequiredOption('--out <folder>', words('help.batch.out')))
    .option('--force', words('help.export.force'))
    .addOption(copy())
    .addOption(pattern())
    .addOption(acrossFolders())
    .addOption(model())
    .addOption(device())
  return program
}

/** A day or a moment of ISO 8601. */
function moment(text: string): string {
  if (!sinceSchema.safeParse(text).success) throw new InvalidArgumentError('')
  return text
}

function numberBetween(least: number, most: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text)
    const fits = text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))
    if (!fits) throw new InvalidArgumentError('')
    return value
  }
}
