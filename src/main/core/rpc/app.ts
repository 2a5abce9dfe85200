import { homedir } from 'node:os'
import { exists } from '../lib/exists.ts'
import { methods } from './base.ts'

const { app } = methods

export const appMethods = app.router({
  info: app.info.handler(async ({ context: { config, resources, vocabulary } }) => {
    const hasSample = await exists(resources.sample)
    return {
      version: config.version,
      shell: config.shell,
      platform: process.platform,
      vocabulary: { ...vocabulary.counts, attribution: vocabulary.attribution, catalanAttribution: vocabulary.catalanAttribution },
      samplePath: hasSample ? resources.sample : null,
      home: homedir()
    }
  }),
  device: app.device.handler(({ context }) => context.inference.device()),
  checkDevice: app.checkDevice.handler(({ context }) => context.inference.check())
})
