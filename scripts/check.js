/** `npm run check`: format, lint, types and import rules. With a file name as argument it also writes a JUnit report there. */
import { writeFileSync } from 'node:fs'
import { checks } from './setup/checks.js'
import { prepareDependencies } from './setup/prepare.js'
import { runMain } from './setup/progress.js'
import { runSideBySide } from './setup/side-by-side.js'

await runMain(async () => {
  const results = await runSideBySide(await prepareDependencies(), checks())
  const report = process.argv[2]
  if (report !== undefined) {
    const cases = results.map(({ name, failed }) => `<testcase name="${name}">${failed ? '<failure/>' : ''}</testcase>`)
    writeFileSync(report, `<testsuites>${cases.join('')}</testsuites>\n`)
  }
  return results.some(({ failed }) => failed) ? 1 : 0
})
