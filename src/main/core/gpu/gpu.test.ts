import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { DeviceReport } from '../../../shared/model/model.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { unknownDevice } from '../inference/devices.ts'
import { createGpu, type Gpu } from './gpu.ts'
import { gpuInstallation, gpuLibraries, type GpuFolder } from './install.ts'
import { linuxWheels, sizesOf, type Wheel } from './wheels.ts'

const signal = new AbortController().signal
const libraries = { 'a/lib/libfirst.so.1': 'first '.repeat(1000), 'a/lib/libcudnn.so.9': 'second', 'a/other.py': 'not taken' }

/** A ZIP file; every second entry is deflated. */
function zip(files: Record<string, string>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  Object.entries(files).forEach(([name, text], index) => {
    const plain = Buffer.from(text)
    const method = index % 2 === 0 ? 8 : 0
    const packed = method === 8 ? deflateRawSync(plain) : plain
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(plain.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    parts.push(local, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += 30 + name.length + packed.length
  })
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}

interface Bench {
  readonly gpu: Gpu
  readonly folder: GpuFolder
  readonly source: string
  readonly wheel: Wheel
  /** Programs that pip was called with, and what it lays down. */
  readonly pip: { content: Buffer }
  readonly log: string
  checks: number
}

/** A card with a driver, a wheel of two libraries, and a pip that copies it. `cuda`: how the card's provider fares once it is set up. */
function bench({ driver = '580.65.06', cuda = 'inUse' as 'inUse' | 'off', card = true } = {}): Bench {
  const data = temporaryFolder()
  const content = zip(libraries)
  const wheel: Wheel = {
    requirement: 'cards==1.0',
    file: 'cards-1.0-py3-none-any.whl',
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    libraries: [
      { path: 'a/lib/libfirst.so.1', bytes: libraries['a/lib/libfirst.so.1'].length },
      { path: 'a/lib/libcudnn.so.9', bytes: 6 }
    ]
  }
  const source = join(data, 'wheels')
  mkdirSync(source)
  writeFileSync(join(source, wheel.file), content)
  const runtimeLibrary = join(data, 'libonnxruntime.so.1')
  writeFileSync(runtimeLibrary, 'runtime')
  const program = (name: string, text: string): string => {
    const path = join(data, name)
    writeFileSync(path, `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return path
  }
  const log = join(data, 'pip.log')
  const offered = join(data, 'offered.whl')
  writeFileSync(offered, content)
  const python = program('python', `echo "$@" >> "${log}"\nfor last; do :; done\ncp "${offered}" "$last/${wheel.file}"`)
  const folder: GpuFolder = { folder: join(data, 'gpu'), runtime: '1.30.0', wheels: [wheel], runtimeLibrary }
  const found: Bench = {
    folder,
    source,
    wheel,
    log,
    pip: { content },
    checks: 0,
    gpu: createGpu({
      dataFolder: data,
      gpu: folder,
      nvidiaSmi: card ? program('nvidia-smi', `echo "NVIDIA H200, ${driver}"`) : join(data, 'none'),
      python: () => Promise.resolve(python),
      tell: () => undefined,
      inference: {
        async check(): Promise<DeviceReport> {
          found.checks++
          const ready = (await gpuLibraries(folder)) !== null && cuda === 'inUse'
          const entry = {
            provider: 'cuda',
            imagesPerSecond: ready ? 700 : null,
            reason: ready ? null : 'provider.selfTest',
            detail: 'x: 0, not 1'
          }
          return {
            ...unknownDevice(),
            imagesPerSecond: ready ? 700 : 28,
            providers: [{ ...entry, provider: 'cuda', state: ready ? 'inUse' : 'off' }]
          }
        }
      }
    })
  }
  return found
}

const onLinux = process.platform === 'linux' && process.arch === 'x64'

it.runIf(onLinux)('takes the libraries out of the wheels of a folder and says how fast the card is', async () => {
  const { gpu, folder, source } = bench()
  expect(await gpu.state()).toMatchObject({ card: { name: 'NVIDIA H200', driver: '580.65.06' }, installation: 'none' })
  const { before, after } = await gpu.install(source, signal)
  expect([before.imagesPerSecond, after.imagesPerSecond]).toEqual([28, 700])
  expect(readdirSync(folder.folder).sort()).toEqual([
    'installed.json',
    'libcudnn.so',
    'libcudnn.so.9',
    'libfirst.so.1',
    'libonnxruntime.so.1'
  ])
  for (const [path, text] of Object.entries(libraries).slice(0, 2))
    expect(readFileSync(join(folder.folder, basename(path)), 'utf8')).toBe(text)
  expect(readFileSync(join(folder.folder, 'libcudnn.so'), 'utf8')).toBe('second')
  expect(existsSync(source)).toBe(true)
  await gpu.remove()
  expect(await gpuInstallation(folder)).toBe('none')
})

it.runIf(onLinux)('fetches what is not there whole, by hash, and keeps nothing of it once it is in place', async () => {
  const { gpu, folder, log, wheel } = bench()
  await gpu.install(null, signal)
  expect(readFileSync(log, 'utf8')).toMatch(/^-m pip download .*--require-hashes/)
  expect(await gpuInstallation(folder)).toBe('installed')
  expect(existsSync(join(folder.folder, '..', 'gpu-download'))).toBe(false)
  const pack = join(temporaryFolder(), 'pack')
  mkdirSync(pack)
  writeFileSync(join(pack, wheel.file), 'half')
  await gpu.pack(pack, signal)
  await gpu.pack(pack, signal)
  expect(readdirSync(pack)).toEqual([wheel.file])
  expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(2)
})

it.runIf(onLinux)('leaves an installation as it was where a wheel is half there, another one, or missing', async () => {
  const { gpu, folder, source, wheel } = bench()
  await gpu.install(source, signal)
  const path = join(source, wheel.file)
  truncateSync(path, 100)
  await expect(gpu.install(source, signal)).rejects.toMatchObject({ code: 'gpu.wheelDamaged', data: { file: wheel.file } })
  writeFileSync(path, Buffer.alloc(wheel.bytes))
  await expect(gpu.install(source, signal)).rejects.toMatchObject({ code: 'gpu.wheelDamaged' })
  await expect(gpu.install(temporaryFolder(), signal)).rejects.toMatchObject({ code: 'gpu.wheelMissing' })
  expect(await gpuInstallation(folder)).toBe('installed')
  expect(existsSync(`${folder.folder}.partial`)).toBe(false)
})

it.runIf(onLinux)('refuses a machine without a card and an old driver before anything is fetched', async () => {
  const none = bench({ card: false })
  await expect(none.gpu.install(null, signal)).rejects.toMatchObject({ code: 'gpu.noCard' })
  const old = bench({ driver: '550.54' })
  await expect(old.gpu.install(null, signal)).rejects.toMatchObject({ code: 'gpu.oldDriver', data: { driver: '550.54', oldest: 580 } })
  expect([none.checks, old.checks, existsSync(old.log)]).toEqual([0, 0, false])
})

it.runIf(onLinux)('says that a card fails its test, and that an update needs other libraries', async () => {
  const { gpu, folder, source } = bench({ cuda: 'off' })
  await expect(gpu.install(source, signal)).rejects.toMatchObject({ code: 'gpu.selfTest', data: { reason: 'x: 0, not 1' } })
  expect(await gpuInstallation({ ...folder, runtime: '1.31.0' })).toBe('otherVersion')
  expect(await gpuLibraries({ ...folder, runtime: '1.31.0' })).toBeNull()
})

it.runIf(onLinux)('refuses a disk with too little room', async () => {
  const { gpu, folder, source } = bench()
  Object.assign(folder.wheels[0]?.libraries[0] ?? {}, { bytes: 1e18 })
  await expect(gpu.install(source, signal)).rejects.toMatchObject({ code: 'gpu.diskFull' })
})

it('pins wheels that hold a provider of the version of onnxruntime-node that is installed', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
  expect(linuxWheels[0]?.requirement).toBe(`onnxruntime-gpu==${dependencies['onnxruntime-node']}`)
  expect(linuxWheels.every(({ sha256, file }) => /^[0-9a-f]{64}$/.test(sha256) && file.endsWith('.whl'))).toBe(true)
  expect(sizesOf(linuxWheels)).toEqual({ fetched: 1_188_001_151, unpacked: 1_608_390_648 })
})
