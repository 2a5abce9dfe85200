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

it('puts the settings of this process in front and keeps them out of the file', async () => {
  const settings = settingsInForce(await loadSettings(folder), { device: 'cpu' })
  expect(settings.get().device).toBe('cpu')
  expect((await settings.set({ theme: 'dark' })).device).toBe('cpu')
  expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toEqual({ theme: 'dark' })
})

it('gives way to what is set later', async () => {
  const settings = settingsInForce(await loadSettings(folder), { device: 'cpu' })
  expect((await settings.set({ device: 'cuda' })).device).toBe('cuda')
  expect(settings.get().device).toBe('cuda')
})
