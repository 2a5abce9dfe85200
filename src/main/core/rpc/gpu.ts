import { methods } from './base.ts'

const { gpu } = methods

export const gpuMethods = gpu.router({
  state: gpu.state.handler(({ context }) => context.gpu.state()),
  install: gpu.install.handler(({ context, input, signal }) => context.gpu.install(input.from, signal ?? never)),
  remove: gpu.remove.handler(({ context }) => context.gpu.remove()),
  pack: gpu.pack.handler(async ({ context, input, signal }) => {
    await context.gpu.pack(input.folder, signal ?? never)
    return {}
  })
})

/** For calls that cannot be cancelled. */
const never = new AbortController().signal
