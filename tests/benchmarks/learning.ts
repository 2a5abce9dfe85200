/**
 * What learning brings on real photographs, through the built command line: an institution's pictures are imported and suggested for,
 * the labels of the first half of its objects (in file order) are brought in, and R-Precision on the other half is compared before and after
 * `learn`. Needs a build, the picture encoder, and a folder with `annotations.csv` and pictures.
 *
 *     node tests/benchmarks/learning.ts FOLDER DATABASE…
 */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const columns = ['objectTypes.hierarchy', 'materials.hierarchy', 'classifications.hierarchy', 'subjects.hierarchy']
const cli = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')
const [data = '', ...databases] = process.argv.slice(2)

type Row = Record<string, string>

function readRows(file: string): Row[] {
  return parse(readFileSync(file), { columns: true, bom: true })
}

/** All tags of a cell: every node on its paths, each named by its whole path; disciplines lie flat. */
function tagsOf(column: string, cell: string): Set<string> {
  const tags = new Set<string>()
  for (const label of cell.split(' $ ').filter((text) => text !== '')) {
    const steps = label.split(' | ')
    if (column === 'classifications.hierarchy') steps.forEach((step) => tags.add(step))
    else steps.forEach((_, depth) => tags.add(steps.slice(0, depth + 1).join(' | ')))
  }
  return tags
}

/** R-Precision by column over the pictures that have tags in it (docs/science.md, "Metrics"), and how many there are. */
function score(truth: readonly Row[], exported: readonly Row[]): Map<string, [number, number]> {
  const ranked = new Map(exported.map((row) => [row['#portraitMedia.original'] ?? '', row]))
  return new Map(
    columns.map((column) => {
      const values = truth.flatMap((row) => {
        const right = tagsOf(column, row[column] ?? '')
        if (right.size === 0) return []
        const suggested = (ranked.get(basename(row['file'] ?? ''))?.[column] ?? '').split(' $ ').slice(0, right.size)
        return [suggested.filter((tag) => right.has(tag)).length / right.size]
      })
      return [column, [values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length), values.length]]
    })
  )
}

function measure(database: string, folder: string): void {
  const rows = readRows(join(data, 'annotations.csv')).filter((row) => row['database'] === database)
  const photographs = join(folder, 'photographs')
  mkdirSync(photographs)
  for (const row of rows) cpSync(join(data, row['file'] ?? ''), join(photographs, basename(row['file'] ?? '')))
  const groups = [...new Set(rows.map((row) => row['group']))]
  const first = new Set(groups.slice(0, groups.length >> 1))
  const [brought, left] = [rows.filter((row) => first.has(row['group'])), rows.filter((row) => !first.has(row['group']))]
  writeFileSync(join(folder, 'half.csv'), stringify(brought, { header: true }))
  const catalogue = join(folder, 'C.fitxa')
  const run = (...args: string[]): number => {
    const start = performance.now()
    execFileSync(process.execPath, [cli, ...args, '--lang', 'en'], {
      env: { ...process.env, FITXA_DATA: join(folder, 'data') },
      stdio: ['ignore', 'ignore', 'inherit']
    })
    return (performance.now() - start) / 1000
  }
  const exported = (name: string): Row[] => {
    run('export', '--catalogue', catalogue, '--format', 'eufcc', '--what', 'suggested', '--out', join(folder, name))
    return readRows(join(folder, name))
  }
  run('new', catalogue.replace(/\.fitxa$/, ''))
  run('import', photographs, '--catalogue', catalogue)
  run('predict', '--catalogue', catalogue, '--device', 'cpu')
  const before = score(left, exported('before.csv'))
  run('bring-in', join(folder, 'half.csv'), '--catalogue', catalogue)
  const seconds = run('learn', '--catalogue', catalogue)
  const after = score(left, exported('after.csv'))
  process.stdout.write(`${database}: ${rows.length} pictures, ${first.size} objects brought in, learn ${seconds.toFixed(0)} s\n`)
  for (const [column, [value, pictures]] of before) {
    const [learned] = after.get(column) ?? [0]
    if (pictures > 0) process.stdout.write(`  ${column}: ${value.toFixed(2)} -> ${learned.toFixed(2)} (${pictures} pictures)\n`)
  }
}

for (const database of databases) {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-learning-'))
  try {
    measure(database, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
