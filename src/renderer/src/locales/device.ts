import type { DeviceReport } from '../../../shared/model/model.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string
type FormatNumber = (value: number, format: string) => string

/** Names of the execution providers as their makers write them. */
const providerNames: Record<string, string> = { cpu: 'CPU', cuda: 'CUDA', dml: 'DirectML', coreml: 'CoreML', webgpu: 'WebGPU' }

/** The name of a provider or device for people. */
export function providerName(provider: string): string {
  return providerNames[provider.toLowerCase()] ?? provider
}

/** The device in a few words: "CPU, 2 nuclis · 9 imatges/s"; measured, or said not to be known. */
export function deviceWords(device: DeviceReport, t: Translate, n: FormatNumber): string {
  if (device.state === 'checking') return t('frame.deviceChecking')
  if (device.state === 'failed') return t('frame.deviceFailed')
  if (device.state === 'unknown') return t('frame.deviceUnknown')
  const name = t('frame.device', { device: providerName(device.device), n: device.cores }, device.cores)
  return device.imagesPerSecond === null ? name : `${name} · ${t('frame.imagesPerSecond', { rate: n(device.imagesPerSecond, 'rate') })}`
}
