import { methods } from './base.ts'

const { settings } = methods

export const settingsMethods = settings.router({
  get: settings.get.handler(({ context }) => context.settings.get()),
  set: settings.set.handler(async ({ context, input }) => {
    const changed = await context.settings.set(input)
    context.events.publish({ type: 'settings', settings: changed })
    return changed
  })
})
