/**
 * `node scripts/on-screen.js COMMAND [ARG …]` runs a command on an invisible screen (Xvfb) of its own and ends with its exit code.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { runThrough } from './setup/process.js'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) throw new Error('usage: on-screen.js COMMAND [ARG …]')

// Xvfb chooses a free number and writes it to descriptor 3.
const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-noreset'], {
  stdio: ['ignore', 'ignore', 'inherit', 'pipe']
})
const [number] = await Promise.race([
  once(screen.stdio[3], 'data'),
  once(screen, 'exit').then(([code]) => Promise.reject(new Error(`Xvfb ended with code ${code}`)))
])
try {
  process.exitCode = await runThrough(command, args, { env: { ...process.env, DISPLAY: `:${String(number).trim()}` } })
} finally {
  screen.kill()
}
