import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fingerprint, isDone, markDone } from './fingerprint.js'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

const mark = '.venv/.fitxa'
/** An environment whose making was broken off has a Python and no pip. */
const made = '.venv/.fitxa-made'
const lists = ['requirements.txt', 'requirements-text.txt', 'requirements-hub.txt', 'requirements-dev.txt']
const requirements = [...lists.map((name) => `trainer/${name}`), 'trainer/pyproject.toml']
const oldest = [3, 11]

/** @returns {string} a Python that is new enough for the trainer */
function findPython() {
  for (const name of [process.env.FITXA_PYTHON, 'python3', 'python'].filter((name) => name !== undefined)) {
    const answer = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' })
    const [major, minor] = (answer.stdout ?? '').trim().split(' ').map(Number)
    if (answer.status === 0 && (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))) return name
  }
  throw new SetupError(`No Python ${oldest.join('.')} or newer was found. Install it, or name it in FITXA_PYTHON, and start again.`)
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
    const files = lists.flatMap((name) => ['-r', inRoot('trainer', name)])
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...files]
    runQuietly(python, install, { what: 'Installing the packages of the trainer', remedy })
    markDone(mark, wanted)
    return 'installed'
  })
  return python
}
