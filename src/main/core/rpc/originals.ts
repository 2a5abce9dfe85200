import { methods } from './base.ts'

const { originals } = methods

export const originalsMethods = originals.router({
  findMoved: originals.findMoved.handler(async ({ context, input }) => ({
    jobId: await context.desk.need().originals.startFindMoved(input.folder, input.dryRun)
  }))
})
