import { Option, type Command, type HelpConfiguration } from 'commander'
import { languages } from '../../shared/model/facet.ts'
import { RequiredOption } from './required-option.ts'
import type { Words } from './words.ts'

/** Commander's own help in our words: its titles, `[options]` and the notes behind an option are English by themselves. */
export function helpIn(words: Words): HelpConfiguration {
  const titles: Record<string, string> = {
    'Usage:': words('help.usage'),
    'Arguments:': words('help.arguments'),
    'Options:': words('help.options'),
    'Commands:': words('help.commands')
  }
  const parts = (text: string): string =>
    text.replace('[options]', words('help.optionsPart')).replace('[command]', words('help.commandPart'))
  return {
    styleTitle: (title) => titles[title] ?? title,
    styleUsage: parts,
    styleSubcommandTerm: parts,
    optionDescription: (option: Option) => {
      const choices = option.argChoices === undefined ? [] : [words('help.choices', { values: option.argChoices.join(', ') })]
      const value: unknown = option.defaultValue
      const standard = typeof value === 'string' ? [words('help.default', { value: JSON.stringify(value) })] : []
      const required = option instanceof RequiredOption ? [words('help.required')] : []
      const notes = [...required, ...choices, ...standard].join('; ')
      return notes === '' ? option.description : `${option.description} (${notes})`
    }
  }
}

/** The options that every command has. */
export function commonOptions(command: Command, words: Words): Command {
  return command
    .option('--json', words('help.json'))
    .addOption(new Option('--lang <language>', words('help.lang')).choices(languages))
    .helpOption('-h, --help', words('help.help'))
}
