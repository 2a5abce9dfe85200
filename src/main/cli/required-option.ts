import { Option, type Command } from 'commander'
import { AppError } from '../../shared/errors.ts'

/**
 * A required option. Commander's own mandatory options are checked before unknown ones, so that a
 * misspelt `--catalog` would be answered with "--catalogue is missing" instead of "did you mean --catalogue?".
 */
export class RequiredOption extends Option {}

/** @throws AppError `usage.missingOption` for the first required option that was not given */
export function checkRequired(command: Command): void {
  for (const option of command.options) {
    if (option instanceof RequiredOption && command.getOptionValue(option.attributeName()) === undefined) {
      throw new AppError('usage.missingOption', { name: option.flags })
    }
  }
}
