import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { inRoot, root } from './paths.js'
import { runQuietly, runThrough } from './process.js'
import { SetupError, step } from './progress.js'

/** The account under which Electron runs where this script runs as root: Electron refuses to run sandboxed as root. */
const account = 'fitxa-test'

/** Environment variables of the caller that must not be passed to the account. */
const ofTheSession = new Set([
  ...['XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_DIRS'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'INIT_CWD']
])

/** Isolates a command: it gets its own network, processes and mounts, which end with it. */
export const namespaces = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--mount', '--propagation', 'private', '--']

const isRoot = () => process.platform === 'linux' && process.getuid?.() === 0

/**
 * Whether a command can be isolated here: this needs root, and a system that lets root create namespaces (many containers do
 * not).
 */
export const canRunApart = () => isRoot() && spawnSync('unshare', [...namespaces, 'true'], { stdio: 'ignore' }).status === 0

function accountIds() {
  const { stdout, status } = spawnSync('getent', ['passwd', account], { encoding: 'utf8' })
  if (status !== 0) return null
  const [, , uid, gid] = stdout.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/** The account; created if it does not exist. @returns {Promise<{ uid: number, gid: number }>} */
export async function prepareAccount() {
  const known = accountIds()
  if (known !== null) return known
  await step(`Account ${account}`, () => {
    runQuietly('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', '--home-dir', '/nonexistent', account], {
      what: 'Making the account for the tests',
      remedy: `Make a user ${account} and start again.`
    })
    return 'made'
  })
  const made = accountIds()
  if (made === null) throw new SetupError(`The account ${account} was made but cannot be found.`)
  return made
}

/** Sees the checkout at a path that everybody can enter, in a network that has the loopback device and no route, as an ordinary user. */
const enter = `
set -e
at=$1 root=$2 uid=$3 gid=$4
shift 4
ip link set lo up
mount --bind "$root" "$at"
cd "$at"
# Not by exec: this shell is the first process of its namespace and takes in what others leave behind.
setpriv --reuid "$uid" --regid "$gid" --clear-groups --inh-caps=-all -- "$@"
`

/**
 * Runs a program of this Node as an ordinary user, on an invisible screen, without network access. Paths of the checkout in
 * `args` and `env` are named as they are seen from there; `writable` are folders of the checkout that are handed to the user.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, writable: string[] }} options
 * @returns {Promise<number>} its exit code
 */
export async function runApart({ node, env: base }, args, { env = {}, writable }) {
  const { uid, gid } = await prepareAccount()
  const at = mkdtempSync(join(tmpdir(), 'fitxa-apart-'))
  const home = mkdtempSync(join(tmpdir(), 'fitxa-home-'))
  const within = (text) => (text === root || text.startsWith(root + sep) ? join(at, relative(root, text)) : text)
  for (const folder of writable) {
    rmSync(inRoot(folder), { recursive: true, force: true })
    mkdirSync(inRoot(folder), { recursive: true })
    chownSync(inRoot(folder), uid, gid)
  }
  chownSync(home, uid, gid)
  const variables = Object.entries({ ...base, ...env }).filter(([name]) => !ofTheSession.has(name))
  const seen = Object.fromEntries(variables.map(([name, value]) => [name, within(value ?? '')]))
  const path = (seen.PATH ?? '').split(':').map(within).join(':')
  // Xvfb itself may make it only as root.
  mkdirSync('/tmp/.X11-unix', { recursive: true })
  chownSync('/tmp/.X11-unix', 0, 0)
  chmodSync('/tmp/.X11-unix', 0o1777)
  const command = [within(node), join(at, 'scripts', 'on-screen.js'), ...[within(node), ...args].map(within)]
  try {
    return await runThrough('unshare', [...namespaces, 'sh', '-c', enter, 'sh', at, root, uid, gid, ...command].map(String), {
      env: { ...seen, PATH: path, HOME: home, USER: account, LOGNAME: account, FITXA_APART: '1' },
      // unshare does not pass SIGTERM on; its own end takes everything in the namespaces with it (--kill-child).
      endWith: 'SIGKILL'
    })
  } finally {
    for (const folder of [at, home]) rmSync(folder, { recursive: true, force: true })
  }
}
