import { existsSync } from 'node:fs'
import { namespaces } from './apart.js'
import { installInto, makeCleanRoot, person, removeCleanRoot } from './clean-root.js'
import { debFile, makePackages } from './packages.js'
import { inRoot } from './paths.js'
import { runThrough } from './process.js'
import { orCannotRun } from './progress.js'

/** Sees the clean root as a system of its own, in a network that has the loopback device and no route. */
const enter = `
set -e
root=$1
shift
ip link set lo up
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -m 1777 "$root/tmp/.X11-unix"
# Not by exec: this shell is the first process of its namespace and takes in what others leave behind.
"$@"
`

/**
 * Installs the package for Debian in a clean root and runs the tests of tests/package on it; the package is made unless it is there.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @param {string[]} args further arguments of Playwright
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} the exit code of the tests
 * @throws CannotRunHere where this machine cannot make a clean root
 */
export async function testPackage(tools, args, env = {}) {
  const root = await orCannotRun(makeCleanRoot)
  try {
    if (!existsSync(debFile)) await makePackages(tools, { formats: 'deb' })
    await installInto(root, debFile)
    const playwright = [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--config', inRoot('playwright.config.ts')]
    const command = [tools.node, ...playwright, '--project=package', ...args]
    return await runThrough('unshare', [...namespaces, 'sh', '-c', enter, 'sh', root, ...command], {
      env: { ...tools.env, ...env, FITXA_ROOT: root, FITXA_PERSON: person },
      endWith: 'SIGKILL'
    })
  } finally {
    removeCleanRoot(root)
  }
}
