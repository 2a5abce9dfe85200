/**
 * Runs long trials that hurt the built program, one after the other, and prints what each found as a line of JSON on stdout:
 *   npm run attack [-- NAME …] [--share 0.1] [--seed 7] [--record]
 * `--share` runs a part of the trials, `--record` puts the figures into docs/reliability.md. Ends with 1 where something was found.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { attacks } from './attacks/index.ts'
import { noFindings, type Attack, type Ground } from './lib/attack.ts'
import { root } from './lib/program.ts'
import { record, type Result } from './lib/report.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    share: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false }
  }
})

/** Random numbers that a seed repeats (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function run(attack: Attack): Promise<Result> {
  const findings = noFindings()
  // Short, because the path of a socket below it may hold about a hundred characters only.
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-attack-'))
  const ground: Ground = {
    folder,
    trials: (full) => Math.max(1, Math.round(full * Number(values.share))),
    random: randomOf(Number(values.seed)),
    progress: (text) => void process.stderr.write(`${attack.name}: ${text}\n`),
    findings
  }
  const started = performance.now()
  try {
    await attack.run(ground)
  } catch (error) {
    // An unexpected error is a finding too, and does not stop the other attacks.
    findings.endings++
    findings.notes.push(`ended early: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { attack, findings, seconds: (performance.now() - started) / 1000 }
}

const unknown = positionals.filter((name) => attacks.every((attack) => attack.name !== name))
if (unknown.length > 0) throw new Error(`no such attack: ${unknown.join(', ')}; there are ${attacks.map(({ name }) => name).join(', ')}`)

let found = false
for (const attack of attacks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const unable = attack.unable?.() ?? null
  if (unable !== null) {
    process.stderr.write(`${attack.name}: not run, ${unable}\n`)
    continue
  }
  const result = await run(attack)
  const { lost, hangs, endings, leftBehind } = result.findings
  found ||= lost + hangs + endings + leftBehind > 0
  process.stdout.write(`${JSON.stringify({ attack: attack.name, ...result.findings, seconds: Math.round(result.seconds) })}\n`)
  if (values.record) await record(join(root, 'docs/reliability.md'), [result], new Date())
}
process.exitCode = found ? 1 : 0
