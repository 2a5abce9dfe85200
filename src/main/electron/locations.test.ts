import { join } from 'node:path'
import { expect, it } from 'vitest'
import { locate } from './locations.ts'

it('finds the installed core beside the archive, with a Node of its own', () => {
  const linux = locate(true, '/opt/Fitxa/resources', {}, 'linux')
  expect(linux.node).toBe(join('/opt/Fitxa/resources', 'core', 'node', 'node'))
  expect(linux.entry).toBe(join('/opt/Fitxa/resources', 'core', 'out', 'main', 'core-process.js'))
  expect(locate(true, '/x', {}, 'win32').node).toBe(join('/x', 'core', 'node', 'node.exe'))
})

it('runs the core of a checkout with the Node that the start script names', () => {
  const checkout = locate(false, '/unused', { FITXA_NODE: '/node24/node' }, 'linux')
  expect(checkout.node).toBe('/node24/node')
  expect(checkout.entry.endsWith('core-process.js')).toBe(true)
})
