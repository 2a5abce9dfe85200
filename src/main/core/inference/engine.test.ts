import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Bundle } from './bundle.ts'
import { Engine, type EngineOptions } from './engine.ts'
import type { Manifest } from './manifest.ts'
import type { Prediction } from './protocol.ts'

const entry = join(import.meta.dirname, '../../../../tests/fixtures/inference/stand-in-process.ts')
const engines: Engine[] = []

afterEach(() => engines.splice(0).forEach((engine) => engine.close()))

function start(id: string, options: Partial<EngineOptions> = {}): Engine {
  const bundle: Bundle = { folder: '', sha256: '', manifest: { id } as Manifest }
  const engine = new Engine({
    setup: { bundle, unknown: {} },
    providers: ['cpu'],
    idleMilliseconds: 60_000,
    onCrash: () => undefined,
    onFallback: () => undefined,
    entry,
    ...options
  })
  engines.push(engine)
  return engine
}

const predict = (engine: Engine, file: string, options: Parameters<Engine['predict']>[1] = {}): Promise<Prediction> =>
  engine.predict({ originals: [file], bytes: null, pixels: null, screen: null }, options)

const codeOf = (reason: unknown): string => (reason instanceof AppError ? reason.code : String(reason))

describe('an engine', () => {
  it('answers every picture with its own prediction', async () => {
    const engine = start('sound')
    const scores = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map(async (n) => (await predict(engine, `${n}.jpg`)).facets.materials?.[0]?.score)
    )
    expect(scores).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('refuses a picture with the reason that the process gives', async () => {
    await expect(predict(start('sound'), 'bad.jpg')).rejects.toMatchObject({ code: 'inference.unreadable', data: { reason: 'bad' } })
  })

  it('quarantines the picture that ends the process and no other', async () => {
    const crashes: string[] = []
    const engine = start('sound', { onCrash: (_, detail) => crashes.push(detail) })
    const files = ['1.jpg', '2.jpg', 'crash.jpg', '3.jpg', '4.jpg', '5.jpg', '6.jpg', '7.jpg', '8.jpg']
    const outcomes = await Promise.allSettled(files.map((file) => predict(engine, file)))
    const refused = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [[files[index], codeOf(outcome.reason)]] : []))
    expect(refused).toEqual([['crash.jpg', 'inference.crashed']])
    expect(crashes).toHaveLength(2)
    expect(crashes[0]).toBe('exit code 9: the stand-in was told to die')
  })

  it('continues after several crashing pictures', async () => {
    const engine = start('sound')
    const files = ['crash1.jpg', '1.jpg', 'crash2.jpg', '2.jpg', 'crash3.jpg', '3.jpg']
    const outcomes = await Promise.allSettled(files.map((file) => predict(engine, file)))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(files.map((file) => (file.startsWith('crash') ? 'rejected' : 'fulfilled')))
  })

  it('falls back to the CPU if a GPU keeps ending the process, and blames no picture', async () => {
    const fallbacks: string[] = []
    const engine = start('fragile-gpu', { providers: ['cuda', 'cpu'], onFallback: (from, to) => fallbacks.push(`${from} ${to}`) })
    const outcomes = await Promise.allSettled(['1.jpg', '2.jpg', '3.jpg'].map((file) => predict(engine, file)))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect(fallbacks).toEqual(['cuda cpu'])
    expect(engine.provider).toBe('cpu')
  })

  it('gives up with one error when nothing helps', async () => {
    const engine = start('dies-always')
    await expect(predict(engine, '1.jpg')).rejects.toMatchObject({ code: 'inference.broken' })
    await expect(predict(engine, '2.jpg')).rejects.toMatchObject({ code: 'inference.broken' })
    await expect(engine.open()).rejects.toMatchObject({ code: 'inference.broken' })
  })

  it('drops waiting pictures at once when their job stops', async () => {
    const engine = start('sound')
    await engine.open()
    const stop = new AbortController()
    // None of them is answered before the process is told to, so that only the stop can end the wait.
    const bulk = Array.from({ length: 40 }, (_, n) => predict(engine, `held${n}.jpg`, { signal: stop.signal }))
    const outcomes = Promise.allSettled(bulk)
    stop.abort()
    expect((await outcomes).every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof Cancelled)).toBe(true)
    await predict(engine, 'release.jpg', { urgent: true })
    await expect(predict(engine, '7.jpg')).resolves.toMatchObject({ from: 'original' })
  })

  it('takes an urgent picture before those that wait', async () => {
    const engine = start('sound')
    await engine.open()
    const order: string[] = []
    const all = Array.from({ length: 20 }, (_, n) => predict(engine, `${n}.jpg`).then(() => order.push(`${n}`)))
    all.push(predict(engine, '99.jpg', { urgent: true }).then(() => order.push('urgent')))
    await Promise.all(all)
    expect(order.indexOf('urgent')).toBeLessThanOrEqual(engine.capacity)
  })

  it('ends the process when idle and starts another for the next picture', async () => {
    const engine = start('sound', { idleMilliseconds: 30 })
    const first = await predict(engine, '1.jpg')
    await expect.poll(() => engine.pid).toBeNull()
    const second = await predict(engine, '2.jpg')
    const pid = (prediction: Prediction): number | undefined => prediction.facets.materials?.[0]?.members.multilabel
    expect(pid(second)).not.toBe(pid(first))
  })

  it('cancels what is under way when closed', async () => {
    const engine = start('sound')
    const under = predict(engine, '1.jpg')
    engine.close()
    await expect(under).rejects.toBeInstanceOf(Cancelled)
  })
})
