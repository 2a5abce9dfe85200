import { shallowRef } from 'vue'
import type { DeviceReport } from '../../../shared/model/model.ts'
import { api } from '../api/client.ts'
import { report } from './useMessages.ts'

const device = shallowRef<DeviceReport | null>(null)

/** Sets the newest report of the core. */
export function takeDevice(next: DeviceReport): void {
  device.value = next
}

/** Reads the core's report on the device that computes the suggestions. */
export async function loadDevice(): Promise<void> {
  takeDevice(await api.app.device())
}

/** The device as the self-test measured it; `check` measures again. */
export const useDevice = () => ({
  device,
  check: async () => {
    if (device.value !== null) device.value = { ...device.value, state: 'checking' }
    await api.app.checkDevice().then(takeDevice).catch(report)
  }
})
