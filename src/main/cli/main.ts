import { runCli } from './cli.ts'

const interrupted = new AbortController()

// The first Ctrl+C (or a request of the system to end) stops the work in good order; a second one ends at once.
const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(3)
    interrupted.abort()
  })
}

process.exitCode = await runCli(process.argv.slice(2), interrupted.signal)
