import { sentence } from '../../shared/locales/errors.ts'
import { runCli } from './cli.ts'
import { exitCode } from './exit-code.ts'

const interrupted = new AbortController()

// The first Ctrl+C (or a request of the system to end) stops the work in good order; a second one ends at once.
const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(exitCode.failed)
    interrupted.abort()
  })
}

// Nothing that went wrong anywhere reaches a person as a stack.
process.on('uncaughtException', (error) => {
  process.stderr.write(
    `${sentence('ca', 'cli.bug', { message: error.message })}\n${sentence('en', 'cli.bug', { message: error.message })}\n`
  )
  process.exit(exitCode.failed)
})

process.exitCode = await runCli(process.argv.slice(2), interrupted.signal)
