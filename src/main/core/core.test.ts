import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { fill, temporaryFolder } from './catalogue/catalogue.fixture.ts'
import { cataloguePaths } from './catalogue/folder.ts'
import { testCore } from './core.fixture.ts'

it('answers calls with the errors of the contract, and bugs with a trace that the log has', async () => {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  await expect(core.call.catalogue.open({ path: join(folder, 'none.fitxa') })).rejects.toMatchObject({
    code: 'APP',
    data: { code: 'catalogue.notFound', data: { folder: join(folder, 'none.fitxa') } }
  })
  const told = core.explain(new TypeError('x is undefined'), 'a place')
  expect(told).toMatchObject({ code: 'bug' })
  expect(await core.close()).toBe(true)
  const log = readFileSync(join(folder, 'data', 'logs', 'fitxa.log'), 'utf8')
  expect(log).toContain('x is undefined')
  expect(log).toContain('core ended')
})

it('closes what is open, once, and may be closed again', async () => {
  const folder = temporaryFolder()
  const { core, events } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  expect(await Promise.all([core.close(), core.close()])).toEqual([true, true])
  expect(existsSync(`${cataloguePaths(path).database}-wal`)).toBe(false)
  expect(events.filter(({ type }) => type === 'catalogue')).toEqual([
    { type: 'catalogue', catalogue: { path, name: 'C', objects: 0, problem: null } },
    { type: 'catalogue', catalogue: null }
  ])
})

it('removes what a killed program left of its settings, and no file of anybody else', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  mkdirSync(data)
  const longAgo = new Date('2026-01-01')
  const put = (name: string, at = longAgo): void => {
    writeFileSync(join(data, name), '{}')
    utimesSync(join(data, name), at, at)
  }
  for (const name of ['settings.json', 'settings.json.1234567', 'recent.json.42', 'settings.json.bad', 'other.json.7']) put(name)
  // Another program may be writing this very moment.
  put('settings.json.99', new Date())
  await testCore(folder)
  expect(readdirSync(data).sort()).toEqual(['logs', 'other.json.7', 'settings.json', 'settings.json.99', 'settings.json.bad'])
})

it.skipIf(process.platform === 'win32')(
  'tells by event and by the open catalogue that its file is lost, and saves it elsewhere',
  async () => {
    const folder = temporaryFolder()
    const { core, events } = await testCore(folder)
    const { path } = await core.call.catalogue.create({ folder, name: 'C' })
    const filler = fill(path)
    const { id: objectId } = filler.object('MUS 1')
    filler.close()
    await core.call.decisions.apply({ kind: 'note', objectId, note: 'kept' })
    rmSync(path, { recursive: true })
    const problem = { code: 'catalogue.gone', data: { folder: path } }
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(core.call.decisions.apply({ kind: 'note', objectId, note: `lost ${attempt}` })).rejects.toMatchObject({ data: problem })
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ type: 'catalogue', catalogue: { path, name: 'C', objects: 1, problem } }))
    expect(events.filter((event) => event.type === 'catalogue' && event.catalogue?.problem)).toHaveLength(1)
    expect(await core.call.catalogue.current()).toMatchObject({ problem })

    const saved = await core.call.catalogue.saveElsewhere({ folder: join(folder, 'elsewhere') })
    expect(saved).toEqual({ path: join(folder, 'elsewhere', 'C.fitxa'), name: 'C', objects: 1, problem: null })
    expect((await core.call.objects.record({ objectId })).note).toMatch(/^(kept|lost \d)$/)
    expect((await core.call.decisions.apply({ kind: 'note', objectId, note: 'goes on' })).record.note).toBe('goes on')
  }
)
