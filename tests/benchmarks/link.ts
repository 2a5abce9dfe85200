/**
 * How long linking an inventory takes, as a ratio to what nobody could save: parsing the same CSV and writing its rows to a bare table.
 *   node tests/benchmarks/link.ts [--rows N]
 * Prints one JSON object; seconds of processor time of this process, so that other work on the machine counts little.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import { openWriter } from '../../src/main/core/catalogue/connection.ts'
import { cataloguePaths } from '../../src/main/core/catalogue/folder.ts'
import { createInventory } from '../../src/main/core/inventory/inventory.ts'
import { createCatalogue, openCatalogue } from '../../src/main/core/operations/catalogue.ts'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '50000' } } })
const rows = Number(values.rows)
const folder = await mkdtemp(join(tmpdir(), 'fitxa-link-'))
const file = join(folder, 'inventari.csv')
const number = (index: number): string => `MNAT ${String(index).padStart(6, '0')}`
const heading = ['Número', 'Títol', 'Autor', 'Data', 'Mides', 'Ubicació', 'Descripció']
const line = (index: number): string =>
  [
    number(index),
    `Peça ${index}`,
    'Anònim',
    String(1500 + (index % 500)),
    `${index % 90} × 12 cm`,
    `Sala ${index % 20}`,
    'Ceràmica vidrada amb decoració blava'
  ].join(';')
await writeFile(file, [heading.join(';'), ...Array.from({ length: rows }, (_, index) => line(index))].join('\n'))

/** Processor time of all threads of this process while `work` runs, and the time on the clock, seconds. */
async function measure(work: () => unknown): Promise<{ processor: number; clock: number }> {
  const before = process.cpuUsage()
  const start = performance.now()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { processor: (user + system) / 1e6, clock: (performance.now() - start) / 1000 }
}

const bare = await measure(async () => {
  const table = parse(await readFile(file, 'utf8'), { delimiter: ';' })
  const connection = openWriter(join(folder, 'bare.sqlite'))
  connection.exec('CREATE TABLE row (id INTEGER PRIMARY KEY, number TEXT, cells TEXT)')
  const insert = connection.prepare('INSERT INTO row (number, cells) VALUES (?, ?)')
  connection.transaction(() => {
    for (const [first, ...cells] of table) insert.run(first, JSON.stringify(cells))
  })()
  connection.close()
})

const made = await createCatalogue(folder, 'museu')
await made.close()
const connection = openWriter(cataloguePaths(made.folder).database)
const insert = connection.prepare(`INSERT INTO object (inventory_number, number_key, created_at) VALUES (?, ?, '2026-01-01')`)
connection.transaction(() => {
  for (let index = 0; index < rows; index++) insert.run(number(index), number(index))
})()
connection.close()
const catalogue = await openCatalogue(made.folder)
const inventory = createInventory({ catalogue, author: () => 'bench', publish: () => undefined, changed: () => Promise.resolve() })
const context = { jobId: 1, signal: new AbortController().signal, setTotal: () => undefined, count: () => undefined }
const plan = await measure(() => inventory.plan({ file, number: 'Número' }))
const link = await measure(() => inventory.runner.run(context, { file, number: 'Número' }))
const linked = (await inventory.linked())?.linked
await catalogue.close()
await rm(folder, { recursive: true })

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100
const told = ({ processor, clock }: { processor: number; clock: number }) => ({
  processor: rounded(processor),
  clock: rounded(clock),
  toBare: rounded(processor / bare.processor)
})
console.log(JSON.stringify({ rows, linked, bare: told(bare), plan: told(plan), link: told(link) }, null, 2))
