import { AppError } from '../../../../shared/errors.ts'
import type { RemoteCheck } from '../../../../shared/model/training.ts'
import { connect, type Machine } from './connection.ts'
import type { Requirement } from './run.ts'
import { lacking, lookAt, type Survey } from './survey.ts'

/** Bytes that a training needs at the least, and that torch with what belongs to it takes if it has to be installed. */
const leastRoom = 2_000_000_000
const torchRoom = 9_000_000_000

/**
 * Checks whether a machine can train: connection and login, Python, torch and the other packages, GPU, disk. It changes nothing
 * there except that it creates Fitxa's folder. A check after one that failed is skipped. Throws Cancelled, and errors that are
 * bugs.
 */
export async function checkMachine(machine: Machine, requirements: readonly Requirement[], signal: AbortSignal): Promise<RemoteCheck[]> {
  const checks: RemoteCheck[] = []
  try {
    const connection = await connect(machine, signal)
    try {
      const { python, program } = connection.greeting
      checks.push(ok('connection', machine.address.text))
      const survey = await lookAt(connection, requirements)
      checks.push(ok('python', `${python.join('.')} (${program})`), ...checksOf(survey, requirements, connection.folder))
    } finally {
      await connection.close()
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    checks.push({ name: failedCheck(error, checks.length), state: 'failed', value: null, problem: { code: error.code, data: error.data } })
    // If there is no Python, the connection itself was good.
    if (checks[0]?.name !== 'connection') checks.unshift(ok('connection', machine.address.text))
  }
  const names = ['connection', 'python', 'torch', 'gpu', 'disk'] as const
  return names.map((name) => checks.find((check) => check.name === name) ?? { name, state: 'skipped', value: null, problem: null })
}

function failedCheck({ code }: AppError, passed: number): RemoteCheck['name'] {
  if (code === 'remote.write') return 'disk'
  return passed === 0 && !code.startsWith('remote.python') ? 'connection' : 'python'
}

function ok(name: RemoteCheck['name'], value: string): RemoteCheck {
  return { name, state: 'ok', value, problem: null }
}

function checksOf(survey: Survey, requirements: readonly Requirement[], folder: string): RemoteCheck[] {
  const missing = lacking(survey, requirements)
  const room = leastRoom + (missing.some(([name]) => name === 'torch') ? torchRoom : 0)
  const free = `${(survey.free / 1e9).toFixed(1)} GB`
  const problem = packageProblem(survey, missing)
  const gpu = survey.gpus[0]
  const gpuProblem =
    survey.card === null ? new AppError('remote.noGpu') : new AppError('remote.gpuUnused', { card: survey.card, program: survey.program })
  return [
    problem === null
      ? ok('torch', survey.found['torch'] ?? missing.map(([name, version]) => `${name} ${version}`).join(', '))
      : withProblem('torch', 'failed', problem, survey.found['torch'] ?? null),
    gpu === undefined
      ? // Without torch it is unknown whether the card can be used.
        survey.found['torch'] === null && survey.card !== null
        ? ok('gpu', survey.card)
        : withProblem('gpu', 'warning', gpuProblem, survey.card)
      : ok('gpu', survey.gpus.map(({ name, bytes }) => `${name}, ${(bytes / 2 ** 30).toFixed(0)} GiB`).join('; ')),
    survey.free < room
      ? withProblem(
          'disk',
          'failed',
          new AppError('remote.disk', { folder, needed: room / 1e6, free: Math.floor(survey.free / 1e6) }),
          free
        )
      : survey.endsAtLogout
        ? withProblem('disk', 'warning', new AppError('remote.endsAtLogout'), free)
        : ok('disk', free)
  ]
}

/** Why the packages of the machine cannot be used; null: they can, or can be installed. */
export function packageProblem(survey: Survey, missing: readonly Requirement[]): AppError | null {
  if (survey.torchError !== null) return new AppError('remote.torchBroken', { program: survey.program, detail: survey.torchError })
  if (missing.length === 0 || survey.canMakePython) return null
  return new AppError('remote.packages', { program: survey.program, packages: missing.map(([name]) => name).join(', ') })
}

function withProblem(name: RemoteCheck['name'], state: 'failed' | 'warning', { code, data }: AppError, value: string | null): RemoteCheck {
  return { name, state, value, problem: { code, data } }
}
