/**
 * `npm run package`: makes the desktop packages of this system in `dist/packages`, each with its SHA-256, and the list of what is
 * inside (CycloneDX). On Linux a `.deb` and a portable `.tar.gz`, with nothing but the package registries; `--all` also asks electron-builder
 * for the formats whose tools it downloads (AppImage on Linux; on Windows and macOS what electron-builder.ts names).
 */
import { makePackages } from './setup/packages.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  await makePackages(tools, { formats: process.argv.includes('--all') ? 'all' : 'own' })
})
