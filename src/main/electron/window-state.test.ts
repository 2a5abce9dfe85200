import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepWindowState, readWindowState } from './window-state.ts'

let folder = ''
const bounds = { x: 1, y: 2, width: 1366, height: 768 }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fitxa-window-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('reads back what it stored', () => {
  const file = join(folder, 'window', 'window.json')
  expect(keepWindowState(file, { bounds, zoom: 1.25 })).toBe(true)
  expect(readWindowState(file)).toEqual({ bounds, zoom: 1.25 })
})

it('opens the default window if nothing was stored or the file is damaged', () => {
  const file = join(folder, 'window.json')
  expect(readWindowState(file)).toEqual({ bounds: null, zoom: 1 })
  for (const text of ['', '{', 'null', '{"zoom":99}']) {
    writeFileSync(file, text)
    expect(readWindowState(file).zoom).toBe(1)
  }
})

it('lets the window close if its position cannot be stored', () => {
  writeFileSync(join(folder, 'blocked'), '')
  expect(keepWindowState(join(folder, 'blocked', 'window.json'), { bounds, zoom: 1 })).toBe(false)
})
