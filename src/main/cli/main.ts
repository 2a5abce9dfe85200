import { sentence } from '../../shared/locales/errors.ts'
import { endProcess, endProcessInTime } from '../end-process.ts'
import { runCli } from './cli.ts'
import { exitCode } from './exit-code.ts'

const interrupted = new AbortController()

// The first Ctrl+C stops the work cleanly; a second one ends the process at once. Signals of the system also set a time limit.
const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) endProcess(exitCode.failed, false)
    if (signal !== 'SIGINT') endProcessInTime()
    interrupted.abort()
  })
}

// No error reaches a person as a stack trace.
process.on('uncaughtException', (error) => {
  process.stderr.write(
    `${sentence('ca', 'cli.bug', { message: error.message })}\n${sentence('en', 'cli.bug', { message: error.message })}\n`
  )
  process.exit(exitCode.failed)
})

const { code, allEnded } = await runCli(process.argv.slice(2), interrupted.signal)
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))))
endProcess(code, allEnded)
