/** `npm run package-core`: makes the folder that the desktop packages carry, `dist/core`. */
import { makeCoreFolder } from './setup/core-folder.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  await makeCoreFolder(tools)
})
