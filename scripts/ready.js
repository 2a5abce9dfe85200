/** `npm run ready`: what to run before handing in: format, lint, types, import rules and the unit tests. */
import { inRoot } from './setup/paths.js'
import { prepareDependencies } from './setup/prepare.js'
import { runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const { node, env } = await prepareDependencies()
  const checked = await runThrough(node, [inRoot('scripts', 'check.js')], { env })
  const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs')
  const tested = await runThrough(node, [vitest, 'run', '--root', inRoot(), '--project', 'node', '--project', 'page', '--reporter=dot'], {
    env
  })
  return checked === 0 && tested === 0 ? 0 : 1
})
