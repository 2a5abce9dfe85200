import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { root } from './paths.js'

/** Never more than this at a time: the type checkers take some 500 MB each. */
const mostLanes = 4

/**
 * Runs commands of this Node in parallel, as many as there are processors, in the given order. Each prints its outcome in one line
 * on stderr when it ends; its output is shown only if it failed.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @param {{ name: string, args: string[] }[]} steps
 * @returns {Promise<{ name: string, failed: boolean }[]>} in the order in which they ended
 */
export async function runSideBySide(tools, steps) {
  const results = []
  const waiting = [...steps]
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) results.push(await run(tools, step))
  }
  await Promise.all(Array.from({ length: Math.min(mostLanes, Math.max(2, availableParallelism())) }, lane))
  return results
}

function run({ node, env }, { name, args }) {
  return new Promise((resolve) => {
    const start = Date.now()
    const child = spawn(node, args, { cwd: root, env })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('close', (code) => {
      const failed = code !== 0
      process.stderr.write(`${failed ? '✕' : '✓'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`)
      if (failed) process.stderr.write(`${output}\n`)
      resolve({ name, failed })
    })
  })
}
