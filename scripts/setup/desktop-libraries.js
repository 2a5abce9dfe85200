import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

/** Debian's packages that Electron, its invisible screen and its network of its own need. */
const packages = ['xvfb', 'libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'iproute2', 'util-linux', 'passwd']
const remedy = `Install ${packages.join(', ')} and start again.`

const onPath = (program) => ['/usr/bin', '/usr/sbin', '/sbin', '/bin'].some((folder) => existsSync(`${folder}/${program}`))

/** Shared libraries that a program asks for and this machine lacks. @param {string} program */
function lacking(program) {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').filter((line) => line.includes('not found'))
}

/** Ensures that Electron finds its libraries, and that there is an invisible screen. @param {string} program */
export async function prepareDesktopLibraries(program) {
  if (process.platform !== 'linux') return
  const complete = () => lacking(program).length === 0 && ['Xvfb', 'ip', 'setpriv', 'useradd'].every(onPath)
  if (complete()) return
  await step('Libraries of the desktop', () => {
    if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new SetupError(`Electron lacks libraries here. ${remedy}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    runQuietly('apt-get', ['update', '-qq'], { what: 'Reading the package lists', remedy })
    runQuietly('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      what: 'Installing the libraries',
      remedy
    })
    if (!complete()) throw new SetupError(`Electron still lacks:\n${lacking(program).join('\n')}\n${remedy}`)
    return 'installed'
  })
}
