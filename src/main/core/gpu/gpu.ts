import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { GpuState } from '../../../shared/model/gpu.ts'
import type { DeviceReport } from '../../../shared/model/model.ts'
import type { Inference } from '../inference/inference.ts'
import { findCard, needCard } from './card.ts'
import { fetchWheels } from './fetch.ts'
import { gpuFolder, gpuInstallation, gpuLibraries, installWheels, removeGpu, type GpuFolder } from './install.ts'
import { oldestDriver, sizesOf } from './wheels.ts'

/** Installs the libraries that run networks on an NVIDIA card under Linux. Windows has DirectML and needs none. */
export interface Gpu {
  state(): Promise<GpuState>
  /**
   * Installs them from the wheels in `from`, or (null) downloads these first, and checks the devices. Images per second before and after
   * are in the reports. AppErrors of needCard, fetchWheels and installWheels, or `gpu.selfTest` where the card then fails its test.
   */
  install(from: string | null, signal: AbortSignal): Promise<{ before: DeviceReport; after: DeviceReport }>
  remove(): Promise<DeviceReport>
  /** Downloads the wheels into a folder for a computer without a network. */
  pack(folder: string, signal: AbortSignal): Promise<void>
}

export interface GpuParts {
  readonly dataFolder: string
  readonly inference: Pick<Inference, 'check'>
  /** A Python with pip. AppError if there is none. */
  readonly python: (signal: AbortSignal) => Promise<string>
  readonly tell: (done: number, total: number) => void
  /** Replacements for the pinned wheels and for nvidia-smi, for tests. */
  readonly gpu?: GpuFolder
  readonly nvidiaSmi?: string
}

export function createGpu({ dataFolder, inference, python, tell, gpu = gpuFolder(dataFolder), nvidiaSmi }: GpuParts): Gpu {
  const needLinux = (): void => {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new AppError('gpu.otherSystem')
  }

  return {
    async state() {
      const { fetched, unpacked } = sizesOf(gpu.wheels)
      const [card, installation] = await Promise.all([findCard(nvidiaSmi), gpuInstallation(gpu)])
      return { card, installation, folder: gpu.folder, fetched, unpacked, oldestDriver }
    },
    async install(from, signal) {
      needLinux()
      await needCard(nvidiaSmi)
      const before = await inference.check()
      const source = from ?? join(dataFolder, 'gpu-download')
      if (from === null) await fetchWheels(gpu.wheels, source, await python(signal), tell, signal)
      await installWheels(gpu, source, tell, signal)
      if (from === null) await removeGpu({ ...gpu, folder: source })
      const after = await inference.check()
      const cuda = after.providers.find(({ provider }) => provider === 'cuda')
      if (cuda?.state !== 'inUse') throw new AppError('gpu.selfTest', { reason: cuda?.detail ?? cuda?.reason ?? '–' })
      return { before, after }
    },
    async remove() {
      await removeGpu(gpu)
      return await inference.check()
    },
    async pack(folder, signal) {
      await fetchWheels(gpu.wheels, folder, await python(signal), tell, signal)
    }
  }
}

/** The library folder for the inference process; null if the libraries are not installed for this version. */
export function gpuLibrariesOf(dataFolder: string): () => Promise<string | null> {
  return () => gpuLibraries(gpuFolder(dataFolder))
}
