import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBundleStore, type BundleStore } from './bundles.ts'

const starter = join(import.meta.dirname, '../../../../resources/models/starter')

/** The bundles of `folders`; none of them may cause an unexpected error. */
function storeOf(folders: string[]): BundleStore {
  return createBundleStore(folders, (error) => {
    throw error
  })
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-bundles-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A folder of bundles with a copy of the starter bundle that `change` was done to. */
async function withCopy(change: (bundle: string) => Promise<void>): Promise<string> {
  const parent = await mkdtemp(join(folder, 'models-'))
  await cp(starter, join(parent, 'copy'), { recursive: true })
  await change(join(parent, 'copy'))
  return parent
}

/** Puts `value` at the dotted `path` of the manifest. */
async function edit(bundle: string, path: string, value: unknown): Promise<void> {
  const file = join(bundle, 'model.json')
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((object, key) => object[key] as Record<string, unknown>, manifest)
  parent[last] = value
  await writeFile(file, JSON.stringify(manifest))
}

async function problemOf(change: (bundle: string) => Promise<void>): Promise<unknown> {
  const store = storeOf([await withCopy(change)])
  const [summary] = await store.list(null)
  const error: unknown = await store.choose(null).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: summary?.problem })
  return error
}

describe('a bundle', () => {
  it('that is whole is listed with its terms and metrics, and chosen', async () => {
    const store = storeOf([join(starter, '..')])
    const [summary] = await store.list(null)
    expect(summary).toMatchObject({ id: 'starter', active: true, problem: null, path: starter })
    expect(Object.keys(summary?.terms ?? {})).toEqual(['objectTypes', 'materials', 'disciplines', 'subjects'])
    expect(summary?.metrics.objectTypes?.rPrecision).toBeGreaterThan(0)
    expect((await store.choose(null)).manifest.id).toBe('starter')
    expect((await store.card('starter', summary?.version ?? '', 'en')).markdown).toMatch(/licen/i)
  })

  it('with a changed file is not used', async () => {
    const same = async (bundle: string): Promise<void> => {
      const content = await readFile(join(bundle, 'selftest.png'))
      content[1000] = (content[1000] ?? 0) ^ 1
      await writeFile(join(bundle, 'selftest.png'), content)
    }
    expect(await problemOf(same)).toMatchObject({ code: 'bundle.hash', data: { file: 'selftest.png' } })
    expect(await problemOf((bundle) => appendFile(join(bundle, 'starter.onnx'), 'x'))).toMatchObject({
      code: 'bundle.size',
      data: { file: 'starter.onnx' }
    })
    expect(await problemOf((bundle) => rm(join(bundle, 'starter.onnx')))).toMatchObject({ code: 'bundle.fileMissing' })
  })

  it.each([
    ['preprocessing.kernel', 'sinc', 'preprocessing.kernel'],
    ['preprocessing.std', [128, 0, 128], 'preprocessing.std.1'],
    ['members', [], 'members'],
    ['facets.materials.weights', { multilabel: 0, softmax: 0 }, 'facets.materials.weights'],
    ['facets.materials.terms', ['objectTypes/cadira'], 'facets.materials.terms'],
    ['facets.materials.calibration.score', [0.5, 0.1], 'facets.materials.calibration'],
    ['selfTest.image', '../selftest.png', 'selfTest.image'],
    ['files', {}, 'members.0.file']
  ])('with a bad field %s is not used, and the field is named', async (path, value, field) => {
    expect(await problemOf((bundle) => edit(bundle, path, value))).toMatchObject({
      code: 'bundle.manifest',
      data: { file: join('copy', 'model.json'), field }
    })
  })

  it('of a later form, or without a readable manifest, is not used', async () => {
    expect(await problemOf((bundle) => edit(bundle, 'schemaVersion', 2))).toMatchObject({ code: 'bundle.newer', data: { version: 2 } })
    expect(await problemOf((bundle) => writeFile(join(bundle, 'model.json'), '{'))).toMatchObject({ code: 'bundle.notJson' })
  })
})

describe('the bundles of several folders', () => {
  it('are chosen by id, by version and by folder; the newest version of an id first', async () => {
    const newer = await withCopy((bundle) => edit(bundle, 'version', '2.10.0'))
    const store = storeOf([join(starter, '..'), newer])
    expect((await store.choose('starter')).folder).toBe(join(newer, 'copy'))
    expect((await store.choose('starter@2.10.0')).folder).toBe(join(newer, 'copy'))
    expect((await store.choose(starter)).folder).toBe(starter)
    expect((await store.choose(null)).folder).toBe(starter)
    await expect(store.choose('other')).rejects.toMatchObject({ code: 'bundle.notFound', data: { bundle: 'other' } })
  })

  it('may not hold the same version twice', async () => {
    const store = storeOf([join(starter, '..'), await withCopy(async () => undefined)])
    expect((await store.list(null)).map((summary) => summary.problem)).toEqual([null, 'bundle.duplicate'])
  })

  it('may be none, which is said', async () => {
    const store = storeOf([join(folder, 'none')])
    expect(await store.list(null)).toEqual([])
    await expect(store.choose(null)).rejects.toMatchObject({ code: 'bundle.none' })
  })

  it('are looked at again when a file changes', async () => {
    const parent = await withCopy(async () => undefined)
    const store = storeOf([parent])
    expect((await store.list(null))[0]?.problem).toBeNull()
    await appendFile(join(parent, 'copy', 'starter.onnx'), ' ')
    expect((await store.list(null))[0]?.problem).toBe('bundle.size')
    await rm(join(parent, 'copy', 'starter.onnx'))
    expect((await store.list(null))[0]?.problem).toBe('bundle.fileMissing')
  })
})
