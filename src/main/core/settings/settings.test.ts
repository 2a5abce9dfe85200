import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { defaultSettings } from '../../../shared/model/settings.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { loadRecentCatalogues } from './recent.ts'
import { authorName, loadSettings } from './settings.ts'

it('begins with the defaults and keeps what is set', async () => {
  const folder = join(temporaryFolder(), 'not there yet')
  const settings = await loadSettings(folder)
  expect(settings.get()).toEqual(defaultSettings)
  await Promise.all([settings.set({ theme: 'dark' }), settings.set({ termLanguage: 'en' })])
  expect((await loadSettings(folder)).get()).toEqual({ ...defaultSettings, theme: 'dark', termLanguage: 'en' })
  expect(readdirSync(folder)).toEqual(['settings.json'])
})

it('writes what was set and nothing else', async () => {
  const folder = temporaryFolder()
  await (await loadSettings(folder)).set({ modelBundle: 'a@1' })
  expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual({ modelBundle: 'a@1' })
})

it('gives defaults to settings that an older Fitxa did not know', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ theme: 'light', gone: true }))
  expect((await loadSettings(folder)).get()).toEqual({ ...defaultSettings, theme: 'light' })
})

it.each(['{"theme": "dark"', '{"theme": "pink"}', '[]'])('keeps a file aside that it cannot understand: %s', async (text) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'settings.json'), text)
  const warn = vi.fn()
  expect((await loadSettings(folder, { warn })).get()).toEqual(defaultSettings)
  expect(readFileSync(join(folder, 'settings.json.bad'), 'utf8')).toBe(text)
  expect(warn).toHaveBeenCalledOnce()
})

it('refuses an invalid value, and keeps the settings if they cannot be saved', async () => {
  const folder = temporaryFolder()
  const settings = await loadSettings(folder)
  await expect(settings.set({ sheetColumns: 99 })).rejects.toThrow()
  mkdirSync(join(folder, 'settings.json'))
  await expect(settings.set({ theme: 'dark' })).rejects.toMatchObject({ code: 'settings.notSaved' })
  expect(settings.get()).toEqual(defaultSettings)
})

it('names the author by name, else by initials', () => {
  const named = (name: string, initials: string): string => authorName({ ...defaultSettings, person: { name, initials } }, 'somebody')
  expect([named('Maria Puig', 'MP'), named(' ', 'MP'), named('', '')]).toEqual(['Maria Puig', 'MP', 'somebody'])
})

it('remembers catalogues, the latest first, once each, and says which are gone', async () => {
  const folder = temporaryFolder()
  const there = temporaryFolder()
  const recent = await loadRecentCatalogues(folder)
  await recent.remember({ path: there, name: 'one', objects: 1, closed: 0, pictures: [], counted: true })
  await recent.remember({ path: '/gone.fitxa', name: 'two', objects: 2, closed: 1, pictures: [], counted: true })
  await recent.remember({ path: there, name: 'one', objects: 5, closed: 3, pictures: [], counted: true })
  const again = await loadRecentCatalogues(folder)
  expect(await again.list()).toMatchObject([
    { path: there, objects: 5, closed: 3, found: true },
    { path: '/gone.fitxa', found: false }
  ])
  await again.forget('/gone.fitxa')
  expect(await again.list()).toHaveLength(1)
  expect(await (await loadRecentCatalogues(folder)).list()).toHaveLength(1)
})

it('keeps at most twenty catalogues', async () => {
  const recent = await loadRecentCatalogues(temporaryFolder())
  for (let number = 0; number < 23; number++)
    await recent.remember({ path: `/c${number}`, name: 'c', objects: 0, closed: 0, pictures: [], counted: true })
  const paths = (await recent.list()).map(({ path }) => path)
  expect(paths).toHaveLength(20)
  expect(paths[0]).toBe('/c22')
})
