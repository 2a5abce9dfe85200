import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { readBundle } from '../inference/bundle.ts'
import { InferenceClient } from '../inference/client.ts'
import { librariesFor } from '../inference/devices.ts'
import { gpuFolder } from './install.ts'

// Starts a real inference process.
vi.setConfig({ testTimeout: 180_000 })

it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'makes an inference process load onnxruntime from the folder of the libraries, beside which it looks for the provider',
  async () => {
    const folder = temporaryFolder()
    copyFileSync(gpuFolder(folder).runtimeLibrary, join(folder, 'libonnxruntime.so.1'))
    const client = new InferenceClient({ onAnswer: () => undefined, onCrash: () => undefined }, undefined, folder)
    onTestFinished(() => client.close())
    const bundle = await readBundle('resources/models/starter')
    await client.open({ bundle, provider: 'cpu', unknown: {} }, 180)
    const loaded = readFileSync(`/proc/${client.pid ?? 0}/maps`, 'utf8')
      .split('\n')
      .flatMap((line) => /\/\S*libonnxruntime\.so\S*$/.exec(line) ?? [])
    expect([...new Set(loaded)]).toEqual([join(folder, 'libonnxruntime.so.1')])
  }
)

it('gives the libraries to the card’s provider alone, so that a broken folder never stops the CPU', () => {
  expect([librariesFor('cuda', '/gpu'), librariesFor('cpu', '/gpu')]).toEqual(['/gpu', null])
})
