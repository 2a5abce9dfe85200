import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadSettings } from '../settings/settings.ts'
import { settingsInForce } from './settings-in-force.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-settings-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('lets the settings of this process override the saved ones, and does not save them', async () => {
  const settings = settingsInForce(await loadSettings(folder), { device: 'cpu' })
  expect(settings.get().device).toBe('cpu')
  expect((await settings.set({ theme: 'dark' })).device).toBe('cpu')
  expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toEqual({ theme: 'dark' })
})

it('lets a later change override them', async () => {
  const settings = settingsInForce(await loadSettings(folder), { device: 'cpu' })
  expect((await settings.set({ device: 'cuda' })).device).toBe('cuda')
  expect(settings.get().device).toBe('cuda')
})
