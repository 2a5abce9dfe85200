#!/usr/bin/env node
/** The command line: sets up what is missing, then hands over to the built program. */
import { inRoot } from './setup/paths.js'
import { prepareEncoder } from './setup/encoder.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { coreFlags, runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  await prepareEncoder()
  return runThrough(tools.node, [...coreFlags, inRoot('out', 'main', 'cli.js'), ...process.argv.slice(2)], { env: tools.env })
})
