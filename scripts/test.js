/**
 * `npm test`: sets up what is missing, then runs the suites to their end and sums up; `npm test NAME …` runs some of them (checks, unit,
 * e2e, trainer, electron, package). The last line reads `N passed, N failed`; the exit code is 0 only if nothing failed and every suite
 * ran tests. The suites `electron` and `package` run only if they are named: not every machine can run them, and there they are left
 * out with the reason.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { inRoot } from './setup/paths.js'
import { testInElectron } from './setup/desktop.js'
import { debFile } from './setup/packages.js'
import { testPackage } from './setup/test-package.js'
import { prepareChromium } from './setup/chromium.js'
import { prepareEncoder } from './setup/encoder.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runThrough } from './setup/process.js'
import { CannotRunHere, runMain, SetupError } from './setup/progress.js'
import { preparePython } from './setup/python.js'
import { prepareSshServer } from './setup/sshd.js'
import { countJunit } from './setup/junit.js'

const results = inRoot('test-results')

/** The counts of a JUnit file; a suite without a test counts as one failure. */
function countsOf(code, report) {
  let counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    counts = countJunit(readFileSync(report, 'utf8'))
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  if (counts.passed + counts.failed === 0 || (code !== 0 && counts.failed === 0)) counts.failed += 1
  return counts
}

/** Runs one suite and reads its counts from the JUnit file that it wrote; a suite without a test counts as one failure. */
async function suite(name, command, args, env, report) {
  process.stderr.write(`\n━━ ${name}\n`)
  const start = Date.now()
  const code = await runThrough(command, args, { env })
  return { name, seconds: (Date.now() - start) / 1000, ...countsOf(code, report) }
}

/** Runs a suite that not every machine can run. */
async function suiteIfPossible(name, report, run) {
  process.stderr.write(`\n━━ ${name}\n`)
  const start = Date.now()
  try {
    const code = await run({ PLAYWRIGHT_JUNIT_OUTPUT_FILE: report })
    return { name, seconds: (Date.now() - start) / 1000, ...countsOf(code, report) }
  } catch (error) {
    if (error instanceof CannotRunHere) return { name, passed: 0, failed: 0, leftOut: error.message.trim() }
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`\n${error.message}\n`)
    return { name, passed: 0, failed: 1, skipped: 0, seconds: (Date.now() - start) / 1000 }
  }
}

await runMain(async () => {
  const only = process.argv.slice(2)
  const wants = (name) => only.length === 0 || only.includes(name)
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  await prepareEncoder()
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })
  const bin = (...parts) => inRoot('node_modules', ...parts)
  const done = []

  if (wants('checks')) {
    const report = inRoot('test-results', 'checks.xml')
    done.push(await suite('Format, lint, types, import rules', tools.node, [inRoot('scripts', 'check.js'), report], tools.env, report))
  }
  if (wants('unit')) {
    await prepareSshServer()
    // One test runs a complete training over ssh.
    const env = { ...tools.env, FITXA_TRAINER_PYTHON: await preparePython() }
    const report = inRoot('test-results', 'unit.xml')
    const args = [
      bin('vitest', 'vitest.mjs'),
      'run',
      '--root',
      inRoot(),
      '--reporter=default',
      '--reporter=junit',
      `--outputFile.junit=${report}`
    ]
    done.push(await suite('Unit, contract, migrations, security, command line', tools.node, args, env, report))
  }
  if (wants('e2e')) {
    const chromium = await prepareChromium(tools)
    const report = inRoot('test-results', 'e2e.xml')
    const env = { ...tools.env, PLAYWRIGHT_JUNIT_OUTPUT_FILE: report, ...(chromium === null ? {} : { FITXA_CHROMIUM: chromium }) }
    const args = [
      bin('@playwright', 'test', 'cli.js'),
      'test',
      '--config',
      inRoot('playwright.config.ts'),
      '--project=browser',
      '--reporter=list,junit'
    ]
    done.push(await suite('End to end in Chromium', tools.node, args, env, report))
  }
  if (only.includes('electron')) {
    const report = inRoot('test-results', 'electron', 'junit.xml')
    const run = (env) => testInElectron(tools, ['--reporter=list,junit'], env)
    done.push(await suiteIfPossible('End to end in Electron', report, run))
  }
  if (only.includes('package')) {
    const report = inRoot('test-results', 'package.xml')
    rmSync(debFile, { force: true })
    const run = (env) => testPackage(tools, ['--reporter=list,junit'], env)
    done.push(await suiteIfPossible('Package in a clean Debian', report, run))
  }
  if (wants('trainer')) {
    const python = await preparePython()
    const report = inRoot('test-results', 'trainer.xml')
    done.push(await suite('Trainer', python, ['-m', 'pytest', inRoot('trainer'), '-q', `--junitxml=${report}`], tools.env, report))
  }

  process.stderr.write('\n')
  for (const { name, passed, failed, skipped, seconds, leftOut } of done) {
    const counts =
      leftOut === undefined ? `${passed} passed, ${failed} failed, ${skipped} skipped (${seconds.toFixed(0)} s)` : `left out. ${leftOut}`
    process.stdout.write(`${leftOut !== undefined ? '–' : failed === 0 ? '✓' : '✕'} ${name}: ${counts}\n`)
  }
  const sum = (key) => done.reduce((total, counts) => total + counts[key], 0)
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`)
  return sum('failed') === 0 ? 0 : 1
})
