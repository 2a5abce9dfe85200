import { copyFile, mkdir, open, readFile, readdir, rename, rm, stat, statfs, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { hashFile } from '../lib/hash-file.ts'
import { linuxWheels, runtimeVersion, sizesOf, type Wheel } from './wheels.ts'
import { extractEntry, zipEntries } from './zip.ts'

const markFile = 'installed.json'
const markSchema = z.object({ runtime: z.string() })
/** Further names under which libraries are opened, in addition to their names in the wheels. */
const aliases: readonly (readonly [string, string])[] = [['libcudnn.so', 'libcudnn.so.9']]

/** What is installed: `otherVersion` = for another onnxruntime-node, so that it must be installed again. */
export type GpuInstallation = 'none' | 'installed' | 'otherVersion'

/** Where the GPU libraries are, and what they consist of. */
export interface GpuFolder {
  readonly folder: string
  readonly runtime: string
  readonly wheels: readonly Wheel[]
  /** The library of onnxruntime-node. A copy of it beside the provider is what the inference process loads, since it looks for providers beside itself. */
  readonly runtimeLibrary: string
}

/** The folder of a person's data. */
export function gpuFolder(dataFolder: string): GpuFolder {
  return { folder: join(dataFolder, 'gpu'), runtime: runtimeVersion, wheels: linuxWheels, runtimeLibrary: runtimeLibrary() }
}

/** The library that onnxruntime-node loads (its package.json has no exports for it). */
function runtimeLibrary(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(dirname(main), '..', 'bin', 'napi-v6', 'linux', 'x64', 'libonnxruntime.so.1')
}

/** What is installed. */
export async function gpuInstallation({ folder, runtime }: GpuFolder): Promise<GpuInstallation> {
  const text = await readFile(join(folder, markFile), 'utf8').catch(() => null)
  if (text === null) return 'none'
  return markSchema.safeParse(parsed(text)).data?.runtime === runtime ? 'installed' : 'otherVersion'
}

/** The library folder that the inference process loads from first; null if there is none for this version. */
export async function gpuLibraries(gpu: GpuFolder): Promise<string | null> {
  return (await gpuInstallation(gpu)) === 'installed' ? gpu.folder : null
}

/**
 * Extracts the libraries from the wheels in `source` and installs all or none of them. AppError `gpu.wheelMissing`,
 * `gpu.wheelDamaged`, `gpu.diskFull`; Cancelled.
 */
export async function installWheels(
  gpu: GpuFolder,
  source: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal
): Promise<void> {
  await expectRoom(dirname(gpu.folder), sizesOf(gpu.wheels).unpacked)
  for (const wheel of gpu.wheels) {
    const state = await wheelState(source, wheel)
    if (state !== 'whole')
      throw new AppError(state === 'missing' ? 'gpu.wheelMissing' : 'gpu.wheelDamaged', { file: wheel.file, folder: source })
    if (signal.aborted) throw new Cancelled()
  }
  const partial = `${gpu.folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  try {
    const total = sizesOf(gpu.wheels).unpacked
    let done = 0
    for (const wheel of gpu.wheels) {
      await unpack(join(source, wheel.file), wheel, partial, signal)
      done += sizesOf([wheel]).unpacked
      onProgress(done, total)
    }
    await copyFile(gpu.runtimeLibrary, join(partial, basename(gpu.runtimeLibrary)))
    for (const [alias, name] of aliases) if ((await readdir(partial)).includes(name)) await symlink(name, join(partial, alias))
    await writeFile(join(partial, markFile), `${JSON.stringify({ runtime: gpu.runtime })}\n`)
    await rm(gpu.folder, { recursive: true, force: true })
    await rename(partial, gpu.folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (signal.aborted) throw new Cancelled()
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'ENOSPC' || code === 'EDQUOT' ? new AppError('gpu.diskFull', { folder: gpu.folder, ...missing(0) }, error) : error
  }
}

/** Removes the libraries; the CPU keeps working. */
export async function removeGpu({ folder }: GpuFolder): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** Whether a folder holds a wheel as pinned. It is checked by its hash, which is only computed if the size is right. */
export async function wheelState(folder: string, wheel: Wheel): Promise<'whole' | 'missing' | 'damaged'> {
  const path = join(folder, wheel.file)
  const found = await stat(path).catch(() => null)
  if (found === null) return 'missing'
  if (found.size !== wheel.bytes) return 'damaged'
  return (await hashFile(path)) === wheel.sha256 ? 'whole' : 'damaged'
}

/** Makes a folder. AppError `gpu.notWritable` where that is not allowed or a file is in the way, `gpu.diskFull` where too little room is left. */
export async function expectRoom(folder: string, bytes: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new AppError('gpu.notWritable', { folder, reason: (error as NodeJS.ErrnoException).code ?? String(error) }, error)
  }
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) throw new AppError('gpu.diskFull', { folder, ...missing(bytes - bavail * bsize) })
}

function missing(bytes: number): { megabytes: number } {
  return { megabytes: Math.max(1, Math.ceil(bytes / 1e6)) }
}

async function unpack(path: string, wheel: Wheel, target: string, signal: AbortSignal): Promise<void> {
  const handle = await open(path)
  try {
    const entries = await zipEntries(handle)
    for (const library of wheel.libraries) {
      const entry = entries?.find(({ name }) => name === library.path)
      if (entry?.bytes !== library.bytes) throw new AppError('gpu.wheelDamaged', { file: wheel.file, folder: dirname(path) })
      await extractEntry(handle, entry, join(target, basename(library.path)), signal)
    }
  } finally {
    await handle.close()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
