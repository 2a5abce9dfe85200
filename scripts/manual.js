/** `npm run manual`: takes the pictures of the user manual from the running program (tests/manual), and builds it with them. */
import { rmSync } from 'node:fs'
import { prepareChromium } from './setup/chromium.js'
import { inRoot } from './setup/paths.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  const chromium = await prepareChromium(tools)
  const env = { ...tools.env, ...(chromium === null ? {} : { FITXA_CHROMIUM: chromium }) }
  rmSync(inRoot('docs', 'manual', 'images'), { recursive: true, force: true })
  const playwright = [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--config', inRoot('playwright.config.ts')]
  const code = await runThrough(tools.node, [...playwright, '--project=manual', '--reporter=list'], { env })
  if (code === 0) await prepareBuild(tools)
  return code
})
