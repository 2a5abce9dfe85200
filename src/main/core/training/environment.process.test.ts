import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { loadSettings, type SettingsStore } from '../settings/settings.ts'
import { createPythonEnvironment, type PythonEnvironment } from './environment.ts'
import { lockOf, makeProbeWheel } from './probe-wheel.fixture.ts'
import { trainerFolder, type TrainerFolder } from './python.ts'
import { anyPython, realTrainer, standInTrainer } from './training.fixture.ts'

const never = new AbortController().signal
const seconds = 600_000

let environment: PythonEnvironment
let settings: SettingsStore
let trainer: TrainerFolder
let folder: string

beforeEach(async () => {
  vi.stubEnv('FITXA_TRAINER_PYTHON', undefined)
  trainer = trainerFolder(join(temporaryFolder(), 'trainer'))
  cpSync(standInTrainer, trainer.folder, { recursive: true })
  cpSync(join(realTrainer, 'src/fitxa_trainer/parent.py'), join(trainer.source, 'fitxa_trainer/parent.py'))
  settings = await loadSettings(temporaryFolder())
  folder = join(temporaryFolder(), 'python')
  environment = createPythonEnvironment({ folder, trainer, settings })
  return () => vi.unstubAllEnvs()
})

it(
  'is created by Fitxa, updated when the lists of packages change, and completed after an interruption',
  async () => {
    expect(await environment.look(never)).toMatchObject({ state: 'missing', python: null, problem: null })
    expect(await environment.lacks()).toBe(true)
    await expect(environment.need(never)).rejects.toMatchObject({ code: 'training.noEnvironment' })

    const stop = new AbortController()
    const brokenOff = environment.setUp(null, () => undefined, stop.signal)
    await expect.poll(() => environment.look(never)).toMatchObject({ state: 'settingUp' })
    stop.abort()
    await expect(brokenOff).rejects.toMatchObject({ name: 'Cancelled' })
    expect(await environment.look(never)).toMatchObject({ state: 'missing' })

    execFileSync(anyPython(), ['-m', 'venv', '--without-pip', folder])
    const making = environment.setUp(null, () => undefined, never)
    await expect.poll(() => environment.look(never)).toMatchObject({ state: 'settingUp' })
    const python = await making
    expect(python.startsWith(folder)).toBe(true)
    expect(await environment.look(never)).toMatchObject({
      state: 'ready',
      own: true,
      python,
      versions: { torch: '0.0.0+standin', trainer: '0.0.0' },
      device: { kind: 'cpu' }
    })
    expect([await environment.need(never), await environment.lacks()]).toEqual([python, false])

    const lock = join(trainer.folder, 'locks', 'training.txt')
    appendFileSync(lock, '# another list\n')
    expect(await environment.lacks()).toBe(true)
    const told: [number, number][] = []
    const packages = temporaryFolder()
    vi.stubEnv('PIP_NO_INDEX', '1')
    vi.stubEnv('PIP_FIND_LINKS', packages)
    const sha256 = makeProbeWheel(packages)
    writeFileSync(lock, lockOf('fitxa-probe==1.0', 'a'.repeat(64)))
    await expect(
      environment.setUp(null, () => undefined, never),
      'a file with another hash'
    ).rejects.toMatchObject({
      code: 'training.installFailed',
      data: { reason: expect.stringMatching(/HASHES/) as string }
    })
    writeFileSync(lock, lockOf('fitxa-probe==1.0', sha256))
    await environment.setUp(null, (done, total) => told.push([done, total]), never)
    expect(told.at(-1)?.[0]).toBe(1)
    expect(await environment.lacks()).toBe(false)

    writeFileSync(lock, lockOf('fitxa-nowhere==2.0', 'a'.repeat(64)))
    await expect(environment.setUp(null, () => undefined, never)).rejects.toMatchObject({
      code: 'training.installFailed',
      data: { reason: expect.stringMatching(/fitxa-nowhere/) as string }
    })
    expect(await environment.look(never), 'half an environment is none').toMatchObject({ state: 'missing' })
    expect(existsSync(folder)).toBe(true)
  },
  seconds
)

it(
  'is a Python of the person, checked before it is taken',
  async () => {
    await expect(environment.setUp(join(folder, 'python'), () => undefined, never)).rejects.toMatchObject({
      code: 'training.pythonNotFound',
      data: { python: join(folder, 'python') }
    })
    for (const nowhere of [`/${'x'.repeat(5000)}`, `/${'x'.repeat(200_000)}`, '/dev/null/python', '/bin/\0'])
      await expect(environment.setUp(nowhere, () => undefined, never)).rejects.toMatchObject({ code: 'training.pythonNotFound' })
    const python = anyPython()
    appendFileSync(join(trainer.folder, 'requirements.txt'), 'no-such-package==1.0 # a remark\nno_other>=2\n')
    await expect(environment.setUp(python, () => undefined, never)).rejects.toMatchObject({
      code: 'training.packagesMissing',
      data: { packages: 'no-such-package, no_other' }
    })
    expect(settings.get().trainingPython, 'not taken').toBeNull()
    writeFileSync(join(trainer.folder, 'requirements.txt'), '')
    await environment.setUp(python, () => undefined, never)
    expect(settings.get().trainingPython).toBe(python)
    expect(await environment.look(never)).toMatchObject({ state: 'ready', own: false, python })
    expect(await environment.lacks()).toBe(false)
    writeFileSync(join(trainer.source, 'torch', '__init__.py'), 'raise OSError("libcudart.so.13 is missing")')
    expect(await environment.look(never)).toMatchObject({
      state: 'broken',
      problem: { code: 'training.pythonBroken', data: { reason: 'OSError: libcudart.so.13 is missing' } }
    })
    await expect(environment.need(never)).rejects.toMatchObject({ code: 'training.pythonBroken' })
  },
  seconds
)

it('is the one that the environment variable names, if none was chosen', async () => {
  vi.stubEnv('FITXA_TRAINER_PYTHON', anyPython())
  expect(await environment.look(never)).toMatchObject({ state: 'ready', own: false, python: anyPython() })
}, 60_000)
