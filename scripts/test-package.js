/**
 * `npm run test:package`: makes the package for Debian (`--made` takes the one that lies in dist/packages), installs it in a clean Debian, and
 * lets a scripted person use it there.
 */
import { rmSync } from 'node:fs'
import { debFile } from './setup/packages.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'
import { testPackage } from './setup/test-package.js'

await runMain(async () => {
  const args = process.argv.slice(2)
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  if (!args.includes('--made')) rmSync(debFile, { force: true })
  return await testPackage(tools, ['--reporter=list', ...args.filter((arg) => arg !== '--made')])
})
