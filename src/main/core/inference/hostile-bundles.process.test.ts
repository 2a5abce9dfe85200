/** Bundles that would hang, fill, crash or fool the program are lines of the list with their reason; the sound one works all the same. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/errors.ts'
import { Cancelled } from '../../../shared/errors.ts'
import { languages } from '../../../shared/model/facet.ts'
import { sentence } from '../../../shared/locales/errors.ts'
import { hostileBundles, type HostileBundle } from '../../../../tests/fixtures/inference/hostile-bundles.ts'
import { networks, writeSmallBundle } from '../../../../tests/fixtures/inference/small-bundle.ts'
import { createLog } from '../log/log.ts'
import { createBundleStore, type BundleStore } from './bundles.ts'
import { withClient } from './devices.ts'
import { createInference } from './inference.ts'

const root = join(import.meta.dirname, '../../../..')
let parent = ''
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'fitxa-hostile-'))
})
afterAll(() => rmSync(parent, { recursive: true, force: true }))

const storeOf = (folder: string): BundleStore =>
  createBundleStore([folder], (error) => {
    throw error
  })

/** Makes bundles in a folder of their own, `000` a sound one, the others by their places in the list from `001` on. */
function folderOf(bundles: readonly HostileBundle[]): string {
  const folder = mkdtempSync(join(parent, 'models-'))
  writeSmallBundle(join(folder, '000'))
  bundles.forEach(({ make }, index) => make(join(folder, String(index + 1).padStart(3, '0'))))
  return folder
}

it('are lines of the list with their reason, and the sound one is chosen', async () => {
  const listed = hostileBundles.filter(({ by }) => by === 'list')
  const store = storeOf(folderOf(listed))
  const [sound, ...others] = await store.list(null)
  expect(sound).toMatchObject({ id: 'small', active: true, problem: null })
  expect(others.map(({ problem }, index) => [listed[index]?.name, problem])).toEqual(listed.map(({ name, refused }) => [name, refused]))
  expect((await store.choose(null)).manifest.id).toBe('small')
  for (const { id, problem, problemData } of others) {
    for (const language of languages) expect(sentence(language, problem ?? '', { bundle: id, ...problemData })).not.toMatch(/[{}]/)
  }
}, 120_000)

describe('the test of a bundle', () => {
  it.each(hostileBundles.filter(({ by }) => by === 'test'))(
    'refuses $name',
    async ({ make, refused }) => {
      const folder = mkdtempSync(join(parent, 'one-'))
      make(join(folder, 'it'))
      const bundle = await storeOf(folder).read(join(folder, 'it'))
      // A network that never ends is given a second beyond what a sound one takes here and now.
      const limit = refused === 'bundle.tooSlow' ? await secondsOfSound(folder) : 240
      const error = await withClient({}, undefined, (client) => client.open({ bundle, provider: 'cpu', unknown: {} }, limit)).then(
        () => null,
        (reason: unknown) => reason as AppError
      )
      expect(error).toMatchObject({ code: refused })
      for (const language of languages) expect(sentence(language, refused, error?.data)).not.toMatch(/[{}]|onnxruntime|ONNX|\bORT\b|Node:/)
    },
    300_000
  )

  async function secondsOfSound(folder: string): Promise<number> {
    writeSmallBundle(join(folder, 'sound'))
    const bundle = await storeOf(folder).read(join(folder, 'sound'))
    const begun = performance.now()
    await withClient({}, undefined, (client) => client.open({ bundle, provider: 'cpu', unknown: {} }, 240))
    return 1 + (performance.now() - begun) / 1000
  }

  it('can be cancelled, reports progress, and ends with the program', async () => {
    const folder = mkdtempSync(join(parent, 'endless-'))
    writeSmallBundle(join(folder, 'it'), { network: networks.endless })
    const events: CoreEvent[] = []
    const stop = new AbortController()
    const publish = (event: CoreEvent): void => {
      events.push(event)
      if (event.type === 'bundleCheck' && event.state === 'begun') setImmediate(() => stop.abort())
    }
    const vocabulary = { has: () => true, assignable: () => true }
    const settings = { get: () => ({ device: 'cpu' as const, modelBundle: null }) }
    const inference = createInference({ bundleFolders: [folder], settings, vocabulary, log: createLog({ folder: null }), publish })
    await expect(inference.test(join(folder, 'it'), stop.signal)).rejects.toBeInstanceOf(Cancelled)
    expect(events).toEqual(['begun', 'ended'].map((state) => ({ type: 'bundleCheck', bundle: { id: 'small', version: '1.0.0' }, state })))
    expect((await inference.bundles())[0]?.problem, 'a test that was called off says nothing about the bundle').toBeNull()

    const waiting = new AbortController()
    const lease = inference.acquire(waiting.signal)
    waiting.abort()
    await expect(lease).rejects.toBeInstanceOf(Cancelled)
    const checking = inference.acquire()
    inference.close()
    await expect(checking).rejects.toBeInstanceOf(Cancelled)
  }, 120_000)
})

it.skipIf(process.platform === 'win32')(
  'leaves the others alone where an ordinary user may not read a file or a folder',
  () => {
    const folder = folderOf([])
    for (const name of ['001', '002', '003']) writeSmallBundle(join(folder, name), { change: (manifest) => (manifest.id = name) })
    chmodSync(join(folder, '001', 'model.json'), 0)
    chmodSync(join(folder, '002', 'network.onnx'), 0)
    chmodSync(join(folder, '003'), 0)
    for (const path of [parent, folder]) chmodSync(path, 0o755)
    const script = `
    const { createBundleStore } = await import(${JSON.stringify(join(root, 'src/main/core/inference/bundles.ts'))})
    const store = createBundleStore([process.argv[1]], (error) => { throw error })
    console.log(JSON.stringify((await store.list(null)).map(({ problem }) => problem)))`
    // Root may read everything: this is done as somebody else.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script, folder], { encoding: 'utf8', ...user })
    expect(JSON.parse(out)).toEqual([null, 'bundle.unreadable', 'bundle.unreadable', 'bundle.unreadable'])
    chmodSync(join(folder, '003'), 0o755)
  },
  60_000
)
