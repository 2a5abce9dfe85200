import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fingerprint, isDone, markDone } from './fingerprint.js'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

const mark = '.venv/.fitxa'
/** An environment whose creation was interrupted has a Python and no pip. */
const made = '.venv/.fitxa-made'
const lock = 'trainer/locks/development.txt'
const cudaLock = 'trainer/locks/cuda.txt'
const requirements = [lock, cudaLock, 'trainer/pyproject.toml']
const oldest = [3, 11]
const pipInstall = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input']

/** @returns {string} a Python that is new enough for the trainer */
export function findPython() {
  for (const name of [process.env.FITXA_PYTHON, 'python3', 'python'].filter((name) => name !== undefined)) {
    const answer = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' })
    const [major, minor] = (answer.stdout ?? '').trim().split(' ').map(Number)
    if (answer.status === 0 && (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))) return name
  }
  throw new SetupError(`No Python ${oldest.join('.')} or newer was found. Install it, or name it in FITXA_PYTHON, and start again.`)
}

/**
 * The requirement of torch if this machine's pip is configured to take it from a folder, such as a build for the CPU or for
 * another driver; null if it comes from a package index. The lock knows the files of the index only. That folder was configured on
 * purpose, so its build is installed first; pip does not check the hashes of installed packages.
 */
function ownTorch(python) {
  const [requirement] = /^torch==[^ ;\\]+/m.exec(readFileSync(inRoot(lock), 'utf8')) ?? []
  const look = ['--quiet', '--no-deps', '--dry-run', '--ignore-installed', '--report', '-', requirement]
  const answer = spawnSync(python, [...pipInstall, ...look], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const url = answer.status === 0 ? JSON.parse(answer.stdout).install[0].download_info.url : ''
  return url.startsWith('file:') ? requirement : null
}

/**
 * The trainer's Python environment in `.venv`, made or brought up to date if need be.
 * @returns {Promise<string>} its Python
 */
export async function preparePython() {
  const python = inRoot('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const wanted = fingerprint(requirements)
  if (isDone(mark, wanted)) return python
  const remedy = 'Check the connection to the Python package index and start again.'
  await step('Python environment of the trainer', () => {
    if (!existsSync(inRoot(made))) {
      runQuietly(findPython(), ['-m', 'venv', '--clear', inRoot('.venv')], { what: 'Making the Python environment', remedy })
      writeFileSync(inRoot(made), '')
    }
    const install = (...words) =>
      runQuietly(python, [...pipInstall, '--quiet', ...words], { what: 'Installing the packages of the trainer', remedy })
    const own = ownTorch(python)
    if (own !== null) install('--no-deps', own)
    const locks = own === null ? [lock, cudaLock] : [lock]
    install('--require-hashes', '--only-binary', ':all:', ...locks.flatMap((name) => ['-r', inRoot(name)]))
    markDone(mark, wanted)
    return 'installed'
  })
  return python
}
