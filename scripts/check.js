/**
 * `npm run check`: format, lint, types and import rules side by side; the output of a check is shown only if it fails.
 * With a file name as argument it also writes a JUnit report there.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { inRoot } from './setup/paths.js'
import { prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'

const bin = (...parts) => inRoot('node_modules', ...parts)

const checks = [
  ['format', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['lint', [bin('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']],
  ['types of the core', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']],
  ['types of the tests', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.tests.json']],
  ['types of the page', [bin('vue-tsc', 'bin', 'vue-tsc.js'), '-p', 'tsconfig.renderer.json']],
  ['import rules', [bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), 'src', '--config', '.dependency-cruiser.js']]
]

const run = (node, env, [name, args]) =>
  new Promise((resolve) => {
    const start = Date.now()
    const child = spawn(node, args, { cwd: inRoot(), env })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('close', (code) => {
      process.stderr.write(`${code === 0 ? '✓' : '✕'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`)
      if (code !== 0) process.stderr.write(`${output}\n`)
      resolve({ name, failed: code !== 0 })
    })
  })

await runMain(async () => {
  const { node, env } = await prepareDependencies()
  const results = []
  const waiting = [...checks]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await run(node, env, next))
  }
  await Promise.all([work(), work()])
  const report = process.argv[2]
  if (report !== undefined) {
    const cases = results.map(({ name, failed }) => `<testcase name="${name}">${failed ? '<failure/>' : ''}</testcase>`)
    writeFileSync(report, `<testsuites>${cases.join('')}</testsuites>\n`)
  }
  return results.some(({ failed }) => failed) ? 1 : 0
})
