import { isContractProcedure, type AnyContractRouter } from '@orpc/contract'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { contract, eventSchema } from '../../src/shared/contract.ts'

/** The contract as JSON Schema, per method: what a client sends, and what it gets. */
function describeRouter(router: AnyContractRouter, path: string[] = []): Record<string, unknown> {
  if (isContractProcedure(router)) {
    const { inputSchema, outputSchema } = router['~orpc']
    const schema = (of: unknown, io: 'input' | 'output'): unknown => (of instanceof z.ZodType ? z.toJSONSchema(of, { io }) : null)
    return { [path.join('.')]: { input: schema(inputSchema, 'input'), output: schema(outputSchema, 'output') } }
  }
  return Object.fromEntries(
    Object.entries(router as Record<string, AnyContractRouter>).flatMap(([name, part]) =>
      Object.entries(describeRouter(part, [...path, name]))
    )
  )
}

it('is the recorded contract, so that a change shows in review (record it again with vitest -u)', async () => {
  const recorded = { methods: describeRouter(contract), events: z.toJSONSchema(eventSchema) }
  const style = await resolveConfig(import.meta.filename)
  await expect(await format(JSON.stringify(recorded), { ...style, parser: 'json' })).toMatchFileSnapshot('contract.json')
})
