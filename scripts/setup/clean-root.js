import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { canRunApart, namespaces } from './apart.js'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

const release = 'bookworm'
/** Null: the mirror that debootstrap chooses itself. */
const mirror = process.env.FITXA_DEBIAN ?? null
const remedy = `It is made of the packages of ${mirror ?? 'Debian'}; FITXA_DEBIAN names another mirror.`

/** Account of the person in the clean root. */
export const person = 'anna'

/** The same paths for every command in there; the way to the archive is that of this machine. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /_proxy$/i.test(name))),
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C.UTF-8'
}

function prepareDebootstrap() {
  if (existsSync('/usr/sbin/debootstrap')) return
  const words = { env: { ...process.env, ...env }, remedy: 'Install the package debootstrap and start again.' }
  runQuietly('apt-get', ['update', '-qq'], { what: 'Reading the package lists', ...words })
  runQuietly('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'debootstrap'], { what: 'Installing debootstrap', ...words })
}

/** Runs a command in the root, with a /proc of its own, beside the network of this machine. */
function inCleanRoot(root, command, what) {
  const script = 'mount -t proc proc "$1/proc"; root=$1; shift; exec chroot "$root" "$@"'
  const apart = namespaces.filter((name) => name !== '--net')
  return runQuietly('unshare', [...apart, 'sh', '-c', script, 'sh', root, ...command], { env, what, remedy })
}

/** How this machine reaches its package archive: proxies, and whether it looks at dates. */
function settingsOfApt() {
  const { stdout } = spawnSync('apt-config', ['dump'], { encoding: 'utf8' })
  const lines = (stdout ?? '').split('\n').filter((line) => /^Acquire::(http|https|Check|Retries)/i.test(line))
  return `${lines.join('\n')}\n`
}

/**
 * A small Debian in a folder of its own, with an invisible screen and the account of a person, and nothing of Fitxa.
 * @returns {Promise<string>} the folder, to be removed by `removeCleanRoot`
 * @throws SetupError if it cannot be made here
 */
export async function makeCleanRoot() {
  if (!canRunApart()) throw new SetupError('A clean Debian to install the package in takes root on Linux, and namespaces.')
  const root = mkdtempSync(join(tmpdir(), 'fitxa-debian-'))
  // Its person has to be able to enter it.
  chmodSync(root, 0o755)
  try {
    await step('Clean Debian', () => {
      prepareDebootstrap()
      const args = ['--variant=minbase', '--include=xvfb,ca-certificates', release, root, ...(mirror === null ? [] : [mirror])]
      runQuietly('debootstrap', args, { env, what: 'Making a clean Debian', remedy })
      writeFileSync(join(root, 'etc', 'apt', 'apt.conf.d', '99-of-this-machine'), settingsOfApt())
      for (const file of ['/etc/resolv.conf', '/etc/hosts']) if (existsSync(file)) cpSync(file, join(root, file), { dereference: true })
      inCleanRoot(root, ['useradd', '--create-home', '--shell', '/bin/sh', person], 'Making the account')
      return release
    })
  } catch (error) {
    removeCleanRoot(root)
    throw error
  }
  return root
}

/** Installs a package with what it depends on, as `apt install ./file.deb` does. */
export async function installInto(root, deb) {
  await step('Installation of the package', () => {
    const inside = join('/var/tmp', basename(deb))
    cpSync(deb, join(root, inside))
    inCleanRoot(root, ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', inside], `Installing ${basename(deb)}`)
    rmSync(join(root, inside))
    return basename(deb)
  })
}

export const removeCleanRoot = (root) => rmSync(root, { recursive: true, force: true })
