import { spawn, spawnSync } from 'node:child_process'
import { SetupError } from './progress.js'
import { root } from './paths.js'

/**
 * Flags of Node for the core (src/main/electron/core-process.ts has the same): a small young generation in each of its threads keeps
 * the idle core well under 200 MB.
 */
export const coreFlags = ['--max-semi-space-size=4']

/**
 * Runs a command to its end without showing its output; on failure the last lines of it are part of the message.
 * @param {string} command @param {string[]} args @param {{ env?: NodeJS.ProcessEnv, what: string, remedy: string, timeout?: number }} options
 * @returns {string} stdout
 */
export function runQuietly(command, args, { env = process.env, what, remedy, timeout }) {
  const result = spawnSync(command, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout })
  if (result.status !== 0) {
    const output = `${result.stdout ?? ''}\n${result.stderr ?? ''}\n${result.error?.message ?? ''}`
    const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm warn'))
    throw new SetupError(`${what} failed. ${remedy}\n\n${lines.slice(-15).join('\n')}`)
  }
  return result.stdout
}

/**
 * Runs a command with the terminal handed over and resolves to its exit code. A SIGTERM that this process gets reaches the command as
 * the signal `endWith`.
 * @param {string} command @param {string[]} args @param {{ env?: NodeJS.ProcessEnv, endWith?: NodeJS.Signals }} [options]
 * @returns {Promise<number>}
 */
export function runThrough(command, args, { env = process.env, endWith = 'SIGTERM' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: process.env.INIT_CWD ?? process.cwd(), env, stdio: 'inherit' })
    // The terminal sends Ctrl+C to the whole group; this process only has to wait for its child.
    const ignore = () => {}
    const passOn = () => child.kill(endWith)
    process.on('SIGINT', ignore)
    process.on('SIGTERM', passOn)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.off('SIGINT', ignore)
      process.off('SIGTERM', passOn)
      resolve(signal === null ? (code ?? 1) : 128 + (signal === 'SIGINT' ? 2 : 15))
    })
  })
}
