import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBundle, type Bundle } from './bundle.ts'
import { afterFallback, checkDevices, providersFor } from './devices.ts'
import type { Manifest } from './manifest.ts'

const root = join(import.meta.dirname, '../../../..')
const starter = join(root, 'resources/models/starter')
const entry = join(root, 'tests/fixtures/inference/stand-in-process.ts')

function standIn(id: string): { bundle: Bundle; unknown: object } {
  return { bundle: { folder: '', sha256: '', manifest: { id, selfTest: {} } as Manifest }, unknown: {} }
}

describe('the providers to try', () => {
  it('are the fast one of the system and then the CPU', () => {
    expect(providersFor('auto', 'linux').tried).toEqual(['cuda', 'cpu'])
    expect(providersFor('auto', 'win32').tried).toEqual(['dml', 'cpu'])
    expect(providersFor('auto', 'darwin').tried).toEqual(['coreml', 'cpu'])
  })

  it('follow the setting, and those left alone have a reason', () => {
    expect(providersFor('cpu', 'linux')).toEqual({
      tried: ['cpu'],
      left: [
        { provider: 'cuda', reason: 'provider.notChosen' },
        { provider: 'webgpu', reason: 'provider.notChosen' }
      ]
    })
    expect(providersFor('webgpu', 'linux').tried).toEqual(['webgpu', 'cpu'])
    expect(providersFor('auto', 'linux').left).toEqual([{ provider: 'webgpu', reason: 'provider.experimental' }])
  })
})

describe('a check of devices', () => {
  it('takes the first that passes and measures it', async () => {
    const { report, usable } = await checkDevices(standIn('sound'), 'auto', { platform: 'linux', entry })
    expect(usable).toEqual(['cuda', 'cpu'])
    expect(report).toMatchObject({ state: 'ready', device: 'cuda', imagesPerSecond: 100, error: null })
    expect(report.providers.map(({ provider, state }) => `${provider} ${state}`)).toEqual(['cuda inUse', 'cpu available', 'webgpu off'])
  })

  it('survives a provider that ends its process', async () => {
    const { report, usable } = await checkDevices(standIn('dies-on-gpu'), 'auto', { platform: 'linux', entry })
    expect(usable).toEqual(['cpu'])
    expect(report).toMatchObject({ state: 'ready', device: 'cpu', imagesPerSecond: 10 })
    expect(report.providers[0]).toMatchObject({ provider: 'cuda', state: 'off', reason: 'provider.crashed' })
    expect(report.providers[0]?.detail).toContain('the stand-in was told to die')
  })

  it('turns a provider off that computes wrongly', async () => {
    const { report } = await checkDevices(standIn('wrong-on-gpu'), 'auto', { platform: 'linux', entry })
    expect(report.providers[0]).toMatchObject({
      provider: 'cuda',
      state: 'off',
      reason: 'provider.selfTest',
      detail: 'materials/metall: 0.1, not 0.5'
    })
    expect(report.device).toBe('cpu')
  })

  it('says so when nothing works', async () => {
    const { report, usable, problem } = await checkDevices(standIn('dies-always'), 'auto', { platform: 'linux', entry })
    expect(usable).toEqual([])
    expect(problem).toMatchObject({ code: 'bundle.crashed' })
    expect(report).toMatchObject({ state: 'failed', error: { code: 'bundle.crashed' } })
  })

  it('is corrected when a provider fails at work', async () => {
    const { report } = await checkDevices(standIn('sound'), 'auto', { platform: 'linux', entry })
    const after = afterFallback(report, 'cuda', 'cpu', 'signal 11')
    expect(after).toMatchObject({ state: 'ready', device: 'cpu', imagesPerSecond: 10 })
    expect(after.providers[0]).toMatchObject({ state: 'off', reason: 'provider.crashed', detail: 'signal 11' })
    expect(after.providers[1]).toMatchObject({ state: 'inUse' })
  })
})

describe('the real process with the starter bundle', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fitxa-devices-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function changed(name: string, change: (manifest: Manifest) => void): Promise<Bundle> {
    const copy = join(folder, name)
    await cp(starter, copy, { recursive: true })
    const manifest = JSON.parse(await readFile(join(copy, 'model.json'), 'utf8')) as Manifest
    change(manifest)
    await writeFile(join(copy, 'model.json'), JSON.stringify(manifest))
    return await readBundle(copy)
  }

  it('passes its self-test on the CPU and has a speed', async () => {
    const { report } = await checkDevices({ bundle: await readBundle(starter), unknown: {} }, 'cpu')
    expect(report).toMatchObject({ state: 'ready', device: 'cpu', error: null })
    expect(report.imagesPerSecond).toBeGreaterThan(1)
  }, 60_000)

  it('names the term whose score differs from the expected one', async () => {
    const bundle = await changed('score', ({ selfTest }) => {
      const [first] = selfTest.expected.softmax?.materials ?? []
      if (first) first.score = first.score > 0.5 ? 0.1 : 0.9
    })
    const { problem } = await checkDevices({ bundle, unknown: {} }, 'cpu')
    expect(problem).toMatchObject({ code: 'bundle.selfTest', data: { member: 'softmax' } })
  }, 60_000)

  it('names the output whose shape differs from the terms', async () => {
    const bundle = await changed('shape', ({ facets }) => {
      facets.subjects?.terms.push('subjects/retrat | inventat')
    })
    const { problem } = await checkDevices({ bundle, unknown: {} }, 'cpu')
    expect(problem).toMatchObject({ code: 'bundle.shape', data: { name: 'multilabel_subjects' } })
  }, 60_000)

  it('reports a file that is no network', async () => {
    const bundle = await changed('network', () => undefined)
    await writeFile(join(bundle.folder, 'starter.onnx'), 'no network')
    const { problem } = await checkDevices({ bundle, unknown: {} }, 'cpu')
    expect(problem).toMatchObject({ code: 'bundle.unloadable', data: { file: 'starter.onnx' } })
  }, 60_000)
})
