import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { handedOver, launchPaths } from './launch.ts'

const folder = resolve('/work')

it('reads paths relative to the folder of the start, and file addresses as a file manager gives them', () => {
  const address = pathToFileURL(join(folder, 'Fons antic.fitxa')).href
  const argv = ['/opt/Fitxa/fitxa', '--no-first-run', 'a.fitxa', resolve('/b'), address]
  expect(launchPaths({ argv, defaultApp: false, folder })).toEqual([
    join(folder, 'a.fitxa'),
    resolve('/b'),
    join(folder, 'Fons antic.fitxa')
  ])
})

it('leaves out the folder of the app where Electron itself is started', () => {
  expect(launchPaths({ argv: ['electron', '.', 'a.fitxa'], defaultApp: true, folder })).toEqual([join(folder, 'a.fitxa')])
})

it('takes only paths from another start', () => {
  expect(handedOver({ paths: ['/a', 3, null] })).toEqual(['/a'])
  for (const rubbish of [null, 'x', {}, { paths: '/a' }]) expect(handedOver(rubbish)).toEqual([])
})
