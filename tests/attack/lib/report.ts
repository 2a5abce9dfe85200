import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type as systemType } from 'node:os'
import { format, resolveConfig } from 'prettier'
import type { Attack, Findings } from './attack.ts'
import { root } from './program.ts'

/** A line of the report. */
export interface Result {
  readonly attack: Attack
  readonly findings: Findings
  readonly seconds: number
}

const begin = '<!-- attacks: written by `npm run attack -- --record` -->'
const end = '<!-- end of attacks -->'

/** The machine on which the figures were measured. */
export function machine(): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${model}, ${availableParallelism()} cores, ${memory} GB, ${systemType()} ${release()}, Node ${process.versions.node}`
}

/** The commit that was attacked, with a plus sign where the sources differ from it; a dash outside a git checkout. */
export function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'trainer', 'resources') !== ''
    return git('rev-parse', '--short=7', 'HEAD').trim() + (changed ? '+' : '')
  } catch {
    return '-'
  }
}

/**
 * Puts results into the table of a Markdown file: a row for each attack, in the place of its row before, so that a run of some attacks
 * leaves the figures of the others. The text around the table stays.
 */
export async function record(file: string, results: readonly Result[], date: Date): Promise<void> {
  const text = readFileSync(file, 'utf8')
  const [before = '', rest = ''] = text.split(begin)
  const [table = '', after = ''] = rest.split(end)
  const rows = new Map(
    table
      .split('\n')
      .filter((line) => /^\| `/.test(line))
      .map((line) => [/`([^`]+)`/.exec(line)?.[1] ?? '', line])
  )
  for (const result of results) rows.set(result.attack.name, rowOf(result, date))
  const head = ['Attack', 'Trials', 'Acknowledged', 'Lost', 'Hangs', 'Endings', 'Left behind', 'Minutes', 'Date', 'Commit', 'Machine']
  const lines = [head.join(' | '), head.map(() => '---').join(' | ')].map((line) => `| ${line} |`)
  const written = `${before}${begin}\n\n${[...lines, ...rows.values()].join('\n')}\n\n${end}${after}`
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), parser: 'markdown' }))
}

function rowOf({ attack, findings, seconds }: Result, date: Date): string {
  const { trials, acknowledged, lost, hangs, endings, leftBehind } = findings
  const numbers = [trials, acknowledged, lost, hangs, endings, leftBehind].map((number) => number.toLocaleString('en'))
  return `| \`${attack.name}\` | ${[...numbers, (seconds / 60).toFixed(1), date.toISOString().slice(0, 10), commit(), machine()].join(' | ')} |`
}
