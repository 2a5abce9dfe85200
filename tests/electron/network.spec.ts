import { connect } from 'node:net'
import { once } from 'node:events'
import { expect, test } from '../e2e/app.ts'
import { ca, go, openFirstRecord, openSample } from '../e2e/steps.ts'
import { routesAskedFor } from './processes.ts'

// The model and its runtime are loaded too.
test.use({ sample: 'new' })

test('nothing asks for a way off this machine, from the start to the last screen', async ({ app }) => {
  test.skip(process.env['FITXA_APART'] === undefined, 'needs a network without routes, which takes root on Linux')
  // Other tests have run in this network. What this one asks for is counted from before a start of the program.
  const before = routesAskedFor()
  await test.step('the count tells a try', async () => {
    const [error] = (await once(connect({ host: '192.0.2.1', port: 9 }), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ENETUNREACH')
    expect(routesAskedFor()).toBe(before + 1)
  })
  await app.restart()
  await openSample(app)
  await openFirstRecord(app)
  await app.page.keyboard.press('1')
  for (const screen of ['import', 'export', 'models'] as const) await go(app.page, screen)
  await app.page.getByRole('link', { name: ca('frame.fitxaHome') }).click()
  expect(routesAskedFor()).toBe(before + 1)
})
