import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

const known = [process.env.FITXA_SSHD, '/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd']

const isThere = () => known.some((path) => path !== undefined && existsSync(path))

/**
 * An OpenSSH server for the tests of trainings over ssh, which start it themselves on 127.0.0.1: an installed one, else Debian's package.
 * Where neither can be had the tests that need one are skipped; macOS brings one, Windows cannot run them.
 */
export async function prepareSshServer() {
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0
  if (isThere() || !canInstall || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return
  const remedy = 'Install the package openssh-server, or name the program sshd in FITXA_SSHD, and start again.'
  await step('OpenSSH server for the tests', () => {
    // With this run level Debian installs services without starting them.
    const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
    runQuietly('apt-get', ['update', '-qq'], { what: 'Reading the package lists', remedy })
    const packages = ['openssh-server', 'openssh-client']
    runQuietly('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, what: 'Installing the server', remedy })
    if (!isThere()) throw new SetupError(`The server was installed but not found. ${remedy}`)
    return 'installed'
  })
}
