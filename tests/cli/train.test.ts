import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { epochGate } from '../fixtures/training/epoch-gate.ts'
import { closedCatalogue } from './closed-catalogue.ts'
import { createBench, programs, type Bench, type Ended } from './run-cli.ts'

const root = join(import.meta.dirname, '..', '..')
const trainerFolder = join(root, 'tests', 'fixtures', 'training', 'trainer')

/** Only the sources can be told of another trainer; the build runs the same commands (journey.test.ts). */
const [{ file }] = programs as [(typeof programs)[number]]
let bench: Bench

beforeEach(async () => {
  bench = await createBench(file)
  process.env['FITXA_TRAINER'] = trainerFolder
})
afterEach(async () => {
  delete process.env['FITXA_TRAINER']
  delete process.env['FITXA_STAND_IN']
  await bench.clear()
})

it('trains, compares the new model, and activates it and goes back when asked to', async () => {
  const path = await closedCatalogue(bench.folder)
  const dry = await bench.run('train', '--catalogue', path, '--python', 'python3', '--dry-run')
  expect([dry.code, dry.out]).toEqual([0, ''])
  expect(dry.err).toContain('Object types: 10 objects closed, 10 pictures with terms, 3 terms that can be trained')

  const trained = await bench.run('train', '--catalogue', path, '--python', 'python3', '--title', 'Pitchers', '--epochs', '2')
  expect(trained).toMatchObject({ code: 0 })
  expect(trained.err).toContain('Warning: Tags left out of the training because their terms have too few pictures: 3')
  expect(trained.out.split('\n').slice(0, 3)).toEqual([
    'New model installed: c@1.0.0',
    expect.stringMatching(/^Measured on the same held-out pictures as starter@/),
    'Object types: R-Precision 0.60 (the other 0.50) · Acc@10 0.90 (the other 0.90)'
  ])
  const listed = await bench.run('models')
  expect(listed.out).toMatch(/^starter@\S+ \(active\).*\nc@1\.0\.0: Pitchers\n$/)
  expect((await bench.run('models', '--activate', 'c@1.0.0')).out).toMatch(/^starter@\S+ \(the one before\).*\nc@1\.0\.0 \(active\)/)
  expect((await bench.run('models', '--back')).out).toMatch(/^starter@\S+ \(active\)/)
  expect(await bench.run('models', '--back')).toMatchObject({
    code: 3,
    err: expect.stringContaining('There is no earlier model') as string
  })

  const json = await bench.run('train', '--catalogue', path, '--python', 'python3', '--activate', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ bundle: { id: 'c', version: '2.0.0' }, activated: true, comparison: { samePictures: true } })
  expect((await bench.run('models')).out).toMatch(/c@2\.0\.0 \(active\)/)
}, 180_000)

it('stops with a checkpoint at Ctrl+C, and resumes', async () => {
  const path = await closedCatalogue(bench.folder)
  const gate = epochGate(bench.folder)
  gate.allow(2)
  process.env['FITXA_STAND_IN'] = JSON.stringify({ epochs: 5, gate: gate.file })
  const words = ['train', '--catalogue', path, '--python', 'python3'] as const
  const first = bench.start(...words)
  let said = ''
  first.child.stderr?.on('data', (data: string) => (said += data))
  while (!/epoch 2 of 5/.test(said)) await pause(50)
  first.child.kill('SIGINT')
  const stopped: Ended = await first.ended
  expect(stopped).toMatchObject({ code: 3, out: '' })
  expect(stopped.err).toContain('Stopping; what is done is kept.')
  process.env['FITXA_STAND_IN'] = JSON.stringify({ epochs: 5, crashAt: 4 })
  const crashed = await bench.run(...words)
  expect(crashed).toMatchObject({ code: 3 })
  expect(crashed.err).toContain('The trainer was interrupted (RuntimeError: the stand-in fell over). Resume the training')
  const third = await bench.run(...words)
  expect(third).toMatchObject({ code: 0, out: expect.stringContaining('New model installed: c@1.0.0') as string })
}, 180_000)
