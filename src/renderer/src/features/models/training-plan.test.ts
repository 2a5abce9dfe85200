import { describe, expect, it } from 'vitest'
import type { RemoteCheck } from '../../../../shared/model/training.ts'
import { environment, trainingSet } from './test/example.ts'
import { blockOf, firstChoice, isTarget, requestOf } from './training-plan.ts'

const check = (name: RemoteCheck['name'], state: RemoteCheck['state']): RemoteCheck => ({ name, state, value: null, problem: null })
const known = { set: trainingSet, environment: environment(), checks: null }
const elsewhere = { ...firstChoice, host: 'ssh' as const, target: 'maria@gpu' }

describe('blockOf', () => {
  it('lets a training here start once Python is ready', () => {
    expect(blockOf(firstChoice, known)).toBeNull()
    expect(blockOf(firstChoice, { ...known, environment: environment({ state: 'missing' }) })).toBe('environment')
    expect(blockOf(firstChoice, { ...known, environment: null })).toBe('looking')
  })

  it('lets a training elsewhere start once the machine passed its checks, whatever Python is here', () => {
    const without = { ...known, environment: environment({ state: 'missing' }) }
    expect(blockOf({ ...elsewhere, target: '-oProxyCommand=x' }, without)).toBe('target')
    expect(blockOf(elsewhere, without)).toBe('unchecked')
    expect(blockOf(elsewhere, { ...without, checks: [check('connection', 'ok'), check('torch', 'failed')] })).toBe('checksFailed')
    expect(blockOf(elsewhere, { ...without, checks: [check('connection', 'ok'), check('gpu', 'skipped')] })).toBeNull()
  })

  it('asks for a whole number of epochs, or none', () => {
    for (const epochs of ['0', '1001', '2.5', 'x', '-1']) expect(blockOf({ ...firstChoice, epochs }, known), epochs).toBe('epochs')
    for (const epochs of ['', '1', ' 25 ', '1000']) expect(blockOf({ ...firstChoice, epochs }, known), epochs).toBeNull()
  })
})

describe('isTarget', () => {
  it('takes names of machines, and nothing that ssh could read as an option', () => {
    for (const target of ['gpu', 'maria@gpu.museu.cat', ' ssh://maria@10.0.0.7:2222 ']) expect(isTarget(target), target).toBe(true)
    for (const target of ['', '-v', 'maria@-v', 'a b', 'gpu;ls']) expect(isTarget(target), target).toBe(false)
  })
})

describe('requestOf', () => {
  it('leaves to the core what the person left open', () => {
    expect(requestOf(firstChoice)).toEqual({ host: { kind: 'here' }, base: null, title: null, options: { trunk: 'auto', epochs: null } })
  })

  it('says what was chosen', () => {
    expect(
      requestOf({
        ...elsewhere,
        target: ' gpu ',
        remotePython: '/opt/python',
        title: ' Ceràmica ',
        epochs: '25',
        base: { id: 'a', version: '1' }
      })
    ).toEqual({
      host: { kind: 'ssh', target: 'gpu', python: '/opt/python' },
      base: { id: 'a', version: '1' },
      title: 'Ceràmica',
      options: { trunk: 'auto', epochs: 25 }
    })
  })
})
