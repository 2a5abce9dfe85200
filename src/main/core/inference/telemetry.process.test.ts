import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { readBundle } from './bundle.ts'
import { checkDevices } from './devices.ts'

const resources = join(import.meta.dirname, '../../../../resources')

it('switches off telemetry of onnxruntime: it stores no id of the machine and nothing to send', async () => {
  const home = await mkdtemp(join(tmpdir(), 'fitxa-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  vi.stubEnv('HOME', home)
  vi.stubEnv('XDG_CACHE_HOME', join(home, '.cache'))
  vi.stubEnv('ORT_DISABLE_TELEMETRY', undefined)
  const bundle = await readBundle(join(resources, 'models', 'starter'))
  const { report } = await checkDevices({ bundle, unknown: {} }, 'cpu')
  expect(report.state).toBe('ready')
  expect(await readdir(home, { recursive: true })).toEqual([])
})
