import { methods } from './base.ts'

const { numbers } = methods

export const numbersMethods = numbers.router({
  try: numbers.try.handler(({ context, input }) => context.desk.need().numbers.try(input.pattern, input.scope)),
  start: numbers.start.handler(async ({ context, input }) => ({
    jobId: await context.desk.need().numbers.start(input.pattern, input.scope, input.doubles)
  }))
})
