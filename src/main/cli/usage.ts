import type { CommanderError } from 'commander'
import { AppError } from '../../shared/errors.ts'

/**
 * Turns a usage error of commander into an AppError with a sentence in both languages. Commander gives names and suggestions only
 * inside its English sentence, in quotes.
 */
export function usageError({ code, message }: CommanderError): AppError {
  const [name = '', value = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted ?? '')
  const suggestion = /\(Did you mean (?:one of )?(.+)\?\)/.exec(message)?.[1]
  switch (code) {
    case 'commander.unknownOption':
      return suggestion === undefined
        ? new AppError('usage.unknownOption', { name })
        : new AppError('usage.unknownOptionLike', { name, suggestion })
    case 'commander.unknownCommand':
      return suggestion === undefined
        ? new AppError('usage.unknownCommand', { name })
        : new AppError('usage.unknownCommandLike', { name, suggestion })
    case 'commander.missingArgument':
      return new AppError('usage.missingArgument', { name })
    case 'commander.optionMissingArgument':
      return new AppError('usage.missingValue', { name })
    case 'commander.invalidArgument':
      return new AppError('usage.invalidValue', { name, value })
    case 'commander.excessArguments':
      return new AppError('usage.tooManyArguments')
    case 'commander.conflictingOption':
      return new AppError('usage.conflictingOptions', { name, other: value })
    default:
      return new AppError('usage.other', { message: message.replace(/^error: /, '') })
  }
}
