/** `npm run attack`: sets up what is missing, builds, then runs the long trials of tests/attack; see tests/attack/run.ts for the options. */
import { inRoot } from './setup/paths.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  return runThrough(tools.node, [inRoot('tests', 'attack', 'run.ts'), ...process.argv.slice(2)], { env: tools.env })
})
