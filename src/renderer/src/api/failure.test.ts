import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { failureOf } from './failure.ts'

describe('failureOf', () => {
  it('keeps the code and data of a declared error', () => {
    const error = new ORPCError('APP', { data: { code: 'folders.notFound', data: { path: '/x' } } })
    expect(failureOf(error)).toEqual({ kind: 'told', code: 'folders.notFound', data: { path: '/x' } })
    expect(failureOf(new AppError('catalogue.notOpen'))).toEqual({ kind: 'told', code: 'catalogue.notOpen', data: {} })
  })

  it('recognises a lost core and a cancelled call', () => {
    expect(failureOf(new TypeError('Failed to fetch'))).toEqual({ kind: 'gone' })
    expect(failureOf(new DOMException('stop', 'AbortError'))).toEqual({ kind: 'cancelled' })
  })

  it('never swallows unexpected errors', () => {
    expect(failureOf(new Error('oh'))).toMatchObject({ kind: 'told', code: 'page.bug', data: { detail: 'oh' } })
    expect(failureOf(new TypeError('x is undefined'))).toMatchObject({ code: 'page.bug' })
    expect(failureOf(new ORPCError('BAD_REQUEST'))).toMatchObject({ code: 'page.bug' })
    expect(failureOf('text')).toMatchObject({ data: { detail: 'text' } })
  })
})
