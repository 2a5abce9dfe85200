import { describe, expect, it } from 'vitest'
import { findBrowser, hasScreen, openBrowser } from './open-browser.ts'

const installed =
  (...paths: string[]) =>
  (path: string): boolean =>
    paths.includes(path)

describe('findBrowser', () => {
  it('searches PATH on Linux in order of preference', () => {
    const env = { PATH: '/usr/local/bin:/usr/bin:relative' }
    const runnable = installed('/usr/bin/google-chrome', '/usr/bin/chromium')
    expect(findBrowser({ platform: 'linux', env, runnable })).toBe('/usr/bin/chromium')
    expect(findBrowser({ platform: 'linux', env, runnable: installed('relative/chromium') })).toBeNull()
  })

  it('finds Edge on every Windows', () => {
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
    const env = { ProgramFiles: 'C:\\Program Files', 'ProgramFiles(x86)': 'C:\\Program Files (x86)' }
    expect(findBrowser({ platform: 'win32', env, runnable: installed(edge) })).toBe(edge)
  })

  it('looks in both folders of apps on a Mac', () => {
    const chrome = '/Users/u/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    expect(findBrowser({ platform: 'darwin', env: { HOME: '/Users/u' }, runnable: installed(chrome) })).toBe(chrome)
  })
})

describe('hasScreen', () => {
  it('needs X11 or Wayland on Linux only', () => {
    expect(hasScreen({ platform: 'linux', env: {} })).toBe(false)
    expect(hasScreen({ platform: 'linux', env: { DISPLAY: '' } })).toBe(false)
    expect(hasScreen({ platform: 'linux', env: { DISPLAY: ':0' } })).toBe(true)
    expect(hasScreen({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true)
    expect(hasScreen({ platform: 'win32', env: {} })).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('openBrowser', () => {
  it('distinguishes a browser that cannot start from one that hands the address to a running instance', async () => {
    expect(await openBrowser('/bin/false', 'x')).toBe(false)
    expect(await openBrowser('/nowhere/chromium', 'x')).toBe(false)
    expect(await openBrowser('/bin/true', 'x')).toBe(true)
  })
})
