/**
 * A catalogue of 20,000 objects in the window of the built app: how long it takes to open, and from the key to the next record.
 *   node tests/benchmarks/window.ts [--objects N] [--steps N]
 * The objects are the sample collection many times over, each with its pictures' files and suggestions. Prints one JSON object; times are
 * milliseconds. Needs `npm run build` and a Chromium (FITXA_CHROMIUM).
 */
import { chromium, type Page } from '@playwright/test'
import Database from 'better-sqlite3'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { objects: { type: 'string', default: '20000' }, steps: { type: 'string', default: '60' } } })
const root = join(import.meta.dirname, '..', '..')
const cli = join(root, 'out', 'main', 'cli.js')
const folder = mkdtempSync(join(tmpdir(), 'fitxa-window-'))
const catalogue = join(folder, 'large.fitxa')
const env = { ...process.env, FITXA_DATA: join(folder, 'data'), MALLOC_ARENA_MAX: '2' }
const run = (...args: string[]): void => void execFileSync(process.execPath, [cli, ...args], { env, stdio: 'ignore' })

/** Names the file of a picture's size in the catalogue. */
const drawn = (sha256: string, size: string): string => join(catalogue, 'thumbnails', sha256.slice(0, 2), `${sha256}-${size}.jpg`)

/** Repeats the objects of the catalogue until there are `wanted`, pictures on disk included. */
function multiply(wanted: number): void {
  const database = new Database(join(catalogue, 'catalogue.sqlite'))
  const images = database.prepare('SELECT * FROM image').all() as { id: number; object_id: number; sha256: string }[]
  const objects = database.prepare('SELECT max(id) AS n FROM object').get() as { n: number }
  const columns = 'format, bytes, width, height, pages, orientation, view, position, metadata, imported_at'
  const addObject = database.prepare(
    `INSERT INTO object (id, number_key, status, search_text, created_at) SELECT ?, number_key || ?, 'new', search_text, created_at FROM object WHERE id = ?`
  )
  const addImage = database.prepare(
    `INSERT INTO image (id, object_id, sha256, ${columns}) SELECT ?, ?, ?, ${columns} FROM image WHERE id = ?`
  )
  const addLocation = database.prepare(
    `INSERT INTO location (root_id, path, image_id, modified_at) SELECT root_id, path || ?, ?, modified_at FROM location WHERE image_id = ? LIMIT 1`
  )
  const addPredictions = database.prepare(
    `INSERT INTO prediction SELECT ?, run_id, facet, rank, term_id, score, probability, members FROM prediction WHERE image_id = ?`
  )
  database.transaction(() => {
    for (let copy = 1; copy * objects.n < wanted; copy++) {
      for (let id = 1; id <= objects.n; id++) addObject.run(copy * objects.n + id, ` ${copy}`, id)
      for (const { id, object_id, sha256 } of images) {
        const other = copy.toString(16).padStart(6, '0') + sha256.slice(6)
        const place = copy * images.length + id
        addImage.run(place, copy * objects.n + object_id, other, id)
        addLocation.run(`.${copy}`, place, id)
        addPredictions.run(place, id)
        mkdirSync(join(catalogue, 'thumbnails', other.slice(0, 2)), { recursive: true })
        for (const size of ['thumb', 'screen']) linkSync(drawn(sha256, size), drawn(other, size))
      }
    }
  })()
  database.close()
}

/** From the key J until the trees show the next object, and until its picture is drawn. */
const step = (page: Page): Promise<{ trees: number; picture: number }> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.viewer canvas')
        const context = canvas?.getContext('2d', { willReadFrequently: true })
        const label = (): string => document.querySelector('.record-label')?.textContent ?? ''
        const sample = (): number =>
          canvas && context
            ? context.getImageData(0, canvas.height >> 1, canvas.width, 1).data.reduce((sum, value) => (sum * 31 + value) | 0, 0)
            : 0
        const [before, start, first] = [sample(), performance.now(), label()]
        let trees = 0
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true, cancelable: true }))
        const look = (): void => {
          const now = performance.now() - start
          if (trees === 0 && label() !== first) trees = now
          if ((trees > 0 && sample() !== before) || now > 3000) resolve({ trees, picture: now })
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      })
  )

const rank = (list: readonly number[], share: number): number =>
  Math.round([...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? NaN)

try {
  run('new', catalogue)
  run('import', join(root, 'resources', 'sample', 'images'), '--catalogue', catalogue)
  run('predict', '--catalogue', catalogue)
  multiply(Number(values.objects))

  const core = spawn(process.execPath, ['--max-semi-space-size=4', cli, 'serve', '--no-open'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(createInterface({ input: core.stdout }), 'line')) as [string]
  const browser = await chromium.launch({
    executablePath: process.env['FITXA_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu']
  })
  const page = await browser.newPage({ viewport: { width: 1366, height: 688 } })
  await page.goto((JSON.parse(line) as { url: string }).url)
  await page.getByRole('main').waitFor()
  const opened = await page.evaluate(async (path) => {
    const start = performance.now()
    const body = JSON.stringify({ json: { path } })
    const response = await fetch('/rpc/catalogue/open', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (!response.ok) throw new Error(await response.text())
    return performance.now() - start
  }, catalogue)
  await page.goto(`${page.url().split('#')[0] ?? ''}#/record/10`)
  await page.getByRole('treeitem').first().waitFor()
  await page.waitForTimeout(2000)
  const steps: { trees: number; picture: number }[] = []
  for (let count = 0; count < Number(values.steps); count++) {
    steps.push(await step(page))
    await page.waitForTimeout(500)
  }
  const [trees, pictures] = [steps.map((one) => one.trees), steps.map((one) => one.picture)]
  console.log(
    JSON.stringify(
      {
        objects: Number(values.objects),
        openMilliseconds: Math.round(opened),
        nextRecord: {
          steps: steps.length,
          trees: { p50: rank(trees, 0.5), p95: rank(trees, 0.95) },
          picture: { p50: rank(pictures, 0.5), p95: rank(pictures, 0.95) }
        }
      },
      null,
      2
    )
  )
  await browser.close()
  core.kill('SIGTERM')
  await once(core, 'exit')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
