import { describe, expect, it } from 'vitest'
import { isOwnAddress, routeOf } from './origin.ts'

describe('isOwnAddress', () => {
  it.each(['app://fitxa/', 'app://fitxa/#/record/3', 'app://fitxa/assets/index.js'])('accepts %s as ours', (address) => {
    expect(isOwnAddress(address)).toBe(true)
  })

  it.each([
    'app://fitxa.example.org/',
    'app://other/',
    'app://fitxa@other/',
    'app://user:word@fitxa/',
    'app://fitxa:81/',
    'https://fitxa/',
    'file:///etc/passwd',
    'about:blank',
    'javascript:alert(1)',
    'data:text/html,x',
    ''
  ])('does not take %s as ours', (address) => {
    expect(isOwnAddress(address)).toBe(false)
  })
})

describe('routeOf', () => {
  it('sends what the core serves to the core and the rest to the files of the page', () => {
    expect(routeOf('app://fitxa/rpc/app/info')).toBe('core')
    expect(routeOf('app://fitxa/events')).toBe('core')
    expect(routeOf(`app://fitxa/media/${'a'.repeat(64)}/thumb`)).toBe('core')
    expect(routeOf('app://fitxa/download/export.csv')).toBe('core')
    expect(routeOf('app://fitxa/')).toBe('page')
    expect(routeOf('app://fitxa/eventsx')).toBe('page')
    expect(routeOf('app://elsewhere/rpc/app/info')).toBe('refused')
  })
})
