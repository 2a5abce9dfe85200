/** `npm run ready`: what to run before handing in: format, lint, types, import rules and the unit tests. */
import { checks } from './setup/checks.js'
import { inRoot } from './setup/paths.js'
import { prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'
import { runSideBySide } from './setup/side-by-side.js'

const unitTests = (project) => [
  inRoot('node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--root',
  inRoot(),
  '--project',
  project,
  '--reporter=minimal'
]

await runMain(async () => {
  const tools = await prepareDependencies()
  // The tests of the core take longest by far, so they begin.
  const results = await runSideBySide(tools, [
    { name: 'tests of the core', args: unitTests('node') },
    ...checks(),
    { name: 'tests of the page', args: unitTests('page') }
  ])
  return results.some(({ failed }) => failed) ? 1 : 0
})
