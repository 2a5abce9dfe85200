/** `npm run test:electron`: the end-to-end tests in Electron itself, and those of what only Electron has. */
import { testInElectron } from './setup/desktop.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  return await testInElectron(tools, process.argv.slice(2))
})
