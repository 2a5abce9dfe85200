import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readBundle, verifyFiles } from '../../inference/bundle.ts'
import { fineTuneArguments } from '../command.ts'
import type { TrainingWork } from '../host.ts'
import { checkSshMachine, createSshHost } from './ssh-host.ts'
import { hasServer, layWire, startServer, type TestServer, type Wire } from './sshd.fixture.ts'
import { epochsOf, report } from './stand-in.fixture.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const root = join(import.meta.dirname, '../../../../..')
const trainer = join(root, 'trainer')
const python = process.env['FITXA_TRAINER_PYTHON'] ?? join(root, '.venv', 'bin', 'python')
const never = new AbortController().signal

/** Trains a small bundle on the mini set, and writes the catalogue of a small museum that is to be learned on top of it. */
const ground = `
import sys
from pathlib import Path
from catalogue import museum_rows, write_catalogue
from small_base import make_base

folder = Path(sys.argv[1])
write_catalogue(folder / "data", museum_rows())
make_base(folder)
`

/** What a fine-tuning says of itself, without what differs from one machine and hour to the next. */
interface Result {
  readonly metrics: unknown
  readonly terms: unknown
  readonly heldOut: number
  readonly base: { readonly metrics: unknown }
}

describe.skipIf(!hasServer || !existsSync(python))('the real trainer on a machine reached by ssh', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fitxa-fine-tune-')))
  const environment = { ...process.env, OMP_NUM_THREADS: '1', PYTHONPATH: join(trainer, 'src'), PYTHONDONTWRITEBYTECODE: '1' }
  let server: TestServer
  let wire: Wire
  beforeAll(async () => {
    const env = { ...environment, PYTHONPATH: `${join(trainer, 'tests')}:${environment.PYTHONPATH}` }
    execFileSync(python, ['-c', ground, folder], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    server = await startServer({ OMP_NUM_THREADS: '1' })
    wire = await layWire(server.port)
  })
  afterAll(async () => {
    await wire.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const settings = { id: 'museu', version: '2.0.0', title: { ca: "El museu d'aquí", en: 'Museum' }, trunk: 'auto', epochs: 40 } as const

  it('makes the model that this machine makes, stopped and cut on the way', async () => {
    const machine = { ...server.machine(wire.port), python }
    const source = join(trainer, 'src')
    const checks = await checkSshMachine(machine, source, never)
    expect(checks.map(({ name, state }) => [name, state])).toContainEqual(['torch', 'ok'])

    const work: TrainingWork = {
      name: 'museum-1',
      data: join(folder, 'data'),
      base: join(folder, 'base'),
      run: join(folder, 'run'),
      bundle: join(folder, 'bundle'),
      logFile: join(folder, 'trainer.log'),
      trainerSource: source,
      settings
    }
    const host = createSshHost(machine)
    await host.prepare(work, report(), never)

    const stop = new AbortController()
    const first: string[] = []
    const take = (line: string): void => {
      first.push(line)
      if (line.includes('"prepare"')) stop.abort('stopped')
    }
    expect(await host.train(work, report(), take, stop.signal)).toMatchObject({ code: 75, detached: false })

    const told = report()
    const second: string[] = []
    const takeAndCut = (line: string): void => {
      if (second.push(line) === 1) wire.cut()
    }
    const done = await host.train(work, told, takeAndCut, never)
    expect(done).toMatchObject({ code: 0 })
    expect(told.connections).toEqual([false, true])
    await host.fetch(work, report(), never)
    await verifyFiles(await readBundle(work.bundle))

    const here = { data: work.data, base: work.base, run: join(folder, 'run-here'), bundle: join(folder, 'bundle-here') }
    // Without its last word: here nobody keeps its stdin open.
    const words = fineTuneArguments(here, settings).filter((word) => word !== '--stop-on-stdin-close')
    const said = execFileSync(python, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
    // Each epoch once, in order, until early stopping.
    expect([...epochsOf(first), ...epochsOf(second)]).toEqual(epochsOf(said.trim().split('\n')))
    expect(epochsOf(second).length).toBeGreaterThan(5)
    const read = (run: string): Result => JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')) as Result
    const [there, local] = [read(work.run), read(here.run)]
    expect(there.metrics).toEqual(local.metrics)
    expect(there.terms).toEqual(local.terms)
    expect(there.base.metrics).toEqual(local.base.metrics)
    expect(there.heldOut).toBe(local.heldOut)
  })
})
