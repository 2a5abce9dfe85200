/** `npm run screens`: photographs every screen of the window (tests/screens) into docs/screens. */
import { inRoot } from './setup/paths.js'
import { prepareChromium } from './setup/chromium.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  const chromium = await prepareChromium(tools)
  const env = { ...tools.env, ...(chromium === null ? {} : { FITXA_CHROMIUM: chromium }) }
  const playwright = [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--config', inRoot('playwright.config.ts')]
  return await runThrough(tools.node, [...playwright, '--project=screens', '--reporter=list'], { env })
})
