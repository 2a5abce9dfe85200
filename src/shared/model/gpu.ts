import { z } from 'zod'

/** Whether the GPU libraries are installed; `otherVersion`: for an onnxruntime-node that is no longer in use. */
export const gpuInstallationSchema = z.enum(['none', 'installed', 'otherVersion'])

/** What installing the GPU libraries would find and need; sizes in bytes. `card` is null without NVIDIA's driver. */
export const gpuStateSchema = z.object({
  card: z.object({ name: z.string(), driver: z.string() }).nullable(),
  installation: gpuInstallationSchema,
  folder: z.string(),
  fetched: z.number(),
  unpacked: z.number(),
  oldestDriver: z.number()
})
export type GpuState = z.infer<typeof gpuStateSchema>
