import { z } from 'zod'

/** Whether the libraries of the graphics card are set up; `otherVersion`: for an onnxruntime-node that is no longer in use. */
export const gpuInstallationSchema = z.enum(['none', 'installed', 'otherVersion'])

/** What setting the graphics card up would find and need; sizes in bytes. `card` is null without NVIDIA's driver. */
export const gpuStateSchema = z.object({
  card: z.object({ name: z.string(), driver: z.string() }).nullable(),
  installation: gpuInstallationSchema,
  folder: z.string(),
  fetched: z.number(),
  unpacked: z.number(),
  oldestDriver: z.number()
})
export type GpuState = z.infer<typeof gpuStateSchema>
