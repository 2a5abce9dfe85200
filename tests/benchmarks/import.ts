/**
 * Rate of an import against bare sharp calls that do the same decoding and thumbnails with the same concurrency, in one run:
 *
 *   node tests/benchmarks/import.ts [--images FOLDER] [--files 500] [--rounds 3]
 *
 * Both sides run in processes of their own, turn by turn; the figures are medians. The result is one line of JSON. Without a
 * folder the sample collection is used, its pictures taken several times under other bytes.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

interface Measured {
  seconds: number
  cpuSeconds: number
  peakMegabytes: number
}

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    files: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' }
  }
})
const root = fileURLToPath(new URL('../..', import.meta.url))
const sample = join(root, 'resources', 'sample')
const beside = join(root, '..', 'shared', 'images', 'images')
const wanted = Number(values.files)
const work = mkdtempSync(join(tmpdir(), 'fitxa-benchmark-'))
const photos = join(work, 'photos')

/** Every n-th JPEG of a folder tree, copied flat; few pictures are repeated with a comment behind their end. */
function gather(folder: string): number {
  mkdirSync(photos)
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
  const step = Math.max(1, all.length / wanted)
  for (let index = 0; index < wanted; index++) {
    const name = all[Math.floor(index * step) % all.length] ?? ''
    const target = join(photos, `${String(index).padStart(5, '0')}${extname(name)}`)
    if (index < all.length) cpSync(join(folder, name), target)
    else writeFileSync(target, Buffer.concat([readFileSync(join(folder, name)), Buffer.from(`copy ${index}`)]))
  }
  return readdirSync(photos).length
}

function measure(side: 'bare' | 'import'): Measured {
  const program = fileURLToPath(new URL(`./import-${side}.ts`, import.meta.url))
  const target = join(work, `${side}.fitxa`)
  const threads = String(availableParallelism())
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, photos, target, threads], {
    encoding: 'utf8',
    env: { ...process.env, MALLOC_ARENA_MAX: '2' }
  })
  rmSync(target, { recursive: true, force: true })
  if (status !== 0) throw new Error(`${side}: ${stderr}`)
  return JSON.parse(stdout) as Measured
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

function summary(runs: Measured[], files: number): Record<string, number> {
  return {
    perSecond: round(files / median(runs.map(({ seconds }) => seconds))),
    cpuMillisecondsEach: round((1000 * median(runs.map(({ cpuSeconds }) => cpuSeconds))) / files),
    peakMegabytes: round(Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes)))
  }
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}

try {
  const folder = values.images ?? (existsSync(beside) ? beside : sample)
  const files = gather(folder)
  const runs: Record<'bare' | 'import', Measured[]> = { bare: [], import: [] }
  for (let turn = 0; turn < Number(values.rounds); turn++) {
    runs.bare.push(measure('bare'))
    runs.import.push(measure('import'))
  }
  const bare = summary(runs.bare, files)
  const imported = summary(runs.import, files)
  const ratio = round((imported.perSecond ?? NaN) / (bare.perSecond ?? NaN))
  const cpuRatio = round((bare.cpuMillisecondsEach ?? NaN) / (imported.cpuMillisecondsEach ?? NaN))
  console.log(JSON.stringify({ benchmark: 'import', files, cores: availableParallelism(), ratio, cpuRatio, import: imported, bare }))
} finally {
  rmSync(work, { recursive: true, force: true })
}
