import { CommanderError } from 'commander'
import { sentence } from '../../shared/locales/errors.ts'
import { dataFolder, savedLanguage } from '../data-folder.ts'
import { findInstallation } from '../installation.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { asAppError } from './failure.ts'
import { chooseLanguage } from './language.ts'
import { createProgram } from './program.ts'
import type { Run } from './run.ts'
import { createTerminal, type Terminal } from './terminal.ts'
import { usageError } from './usage.ts'
import { wordsIn } from './words.ts'

/** How a command ended. `allEnded` is false if one of its threads hangs and the process cannot exit by itself. */
export interface CommandEnd {
  readonly code: ExitCode
  readonly allEnded: boolean
}

/** Runs the command that the arguments name. Never throws. */
export async function runCli(args: readonly string[], interrupted: AbortSignal): Promise<CommandEnd> {
  const language = chooseLanguage(args, await savedLanguage(dataFolder()), process.env)
  const words = wordsIn(language)
  const installation = findInstallation()
  let code: ExitCode = exitCode.done
  let allEnded = true
  const program = createProgram(words, installation.version, async (command, json) => {
    const terminal = createTerminal(process, json, language)
    const withCore: Run['withCore'] = async (config, use) => {
      // Loaded only now, so that help and usage errors appear at once.
      const { createCore } = await import('../core/core.ts')
      const core = await createCore({ shell: 'cli', ...installation, ...config })
      core.subscribe((event) => {
        const risk = event.type === 'catalogue' ? event.catalogue?.risk : undefined
        if (risk !== undefined) terminal.note(sentence(language, risk.code, risk.data))
      })
      try {
        return await use(core)
      } finally {
        allEnded = await core.close()
      }
    }
    try {
      code = await command({ words, language, terminal, interrupted, withCore })
    } catch (error) {
      code = fail(error, terminal)
    }
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    code = endOfParsing(error, createTerminal(process, args.includes('--json'), language))
  }
  return { code, allEnded }
}

function fail(error: unknown, terminal: Terminal): ExitCode {
  const told = asAppError(error)
  terminal.fail(told)
  return told.code.startsWith('usage.') ? exitCode.wrongUsage : exitCode.failed
}

/** Commander also throws after it has shown help or the version. */
function endOfParsing(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.done
    // Without a command, commander has already shown the help.
    if (error.code !== 'commander.help') terminal.fail(usageError(error))
    return exitCode.wrongUsage
  }
  return fail(error, terminal)
}
