import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from './data-folder.ts'

describe('dataFolder', () => {
  const home = '/h'
  it.each([
    ['linux', {}, join(home, '.local', 'share', 'fitxa')],
    ['linux', { XDG_DATA_HOME: '/x' }, join('/x', 'fitxa')],
    ['linux', { XDG_DATA_HOME: '' }, join(home, '.local', 'share', 'fitxa')],
    ['darwin', {}, join(home, 'Library', 'Application Support', 'Fitxa')],
    ['win32', { APPDATA: '/r' }, join('/r', 'Fitxa')],
    ['win32', {}, join(home, 'AppData', 'Roaming', 'Fitxa')],
    ['win32', { APPDATA: '/r', FITXA_DATA: '/mine' }, '/mine']
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(dataFolder({ platform, env, home })).toBe(expected)
  })
})
