/**
 * Builds `resources/vocabulary/` from the published label trees, their mapping to the AAT and the AAT extract:
 *
 *     npm run vocabulary -- --from <folder with aat-eufcc.csv, aat-extract.csv.gz and eufcc-labels/>
 *
 * The same input always gives the same bytes (gzip aside: its content is what the manifest hashes).
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { facets } from '../../src/shared/model/facet.ts'
import { buildThesaurus, type ExtractRow } from './thesaurus.ts'
import { buildTrees, type MappingRow } from './trees.ts'

const labelFiles = { objectTypes: 'objectTypes', materials: 'materials', disciplines: 'classifications', subjects: 'subjects' } as const

/** The files of `resources/vocabulary` by name, uncompressed, made from the folder `source`. */
export function buildVocabulary(source: string): { 'trees.json': string; 'aat.json': string; 'manifest.json': string } {
  const read = (name: string): Buffer => readFileSync(join(source, name))
  const mapping = parse(read('aat-eufcc.csv'), { columns: true, bom: true }) as MappingRow[]
  const extract = parse(gunzipSync(read('aat-extract.csv.gz')), { columns: true, bom: true }) as ExtractRow[]
  const published = Object.fromEntries(
    facets.map((facet) => [facet, read(`eufcc-labels/${labelFiles[facet]}.txt`).toString('utf8')])
  ) as Record<(typeof facets)[number], string>

  const trees = buildTrees(published, mapping)
  const thesaurus = buildThesaurus(extract)
  const treesText = columnsOnLines(trees)
  const aatText = columnsOnLines(thesaurus)
  const sources = ['aat-eufcc.csv', 'aat-extract.csv.gz', ...facets.map((facet) => `eufcc-labels/${labelFiles[facet]}.txt`)]
  const manifest = {
    nodes: trees.nodes,
    hidden: trees.hidden.length,
    aatIds: thesaurus.type.length,
    files: { 'trees.json': sha256(treesText), 'aat.json': sha256(aatText) },
    sources: Object.fromEntries(sources.map((name) => [name, sha256(read(name))]))
  }
  return { 'trees.json': treesText, 'aat.json': aatText, 'manifest.json': `${JSON.stringify(manifest, null, 2)}\n` }
}

/** JSON with one column a line, so that a change in a column shows as a change of one line. */
function columnsOnLines(columns: object): string {
  const lines = Object.entries(columns).map(([name, values]) => `${JSON.stringify(name)}:${JSON.stringify(values)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function main(): void {
  const { values } = parseArgs({ options: { from: { type: 'string' } } })
  if (values.from === undefined) throw new Error('Say where the source data are: npm run vocabulary -- --from FOLDER')
  const target = join(import.meta.dirname, '../../resources/vocabulary')
  const files = buildVocabulary(values.from)
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'trees.json'), files['trees.json'])
  writeFileSync(join(target, 'aat.json.gz'), gzipSync(files['aat.json'], { level: 9 }))
  writeFileSync(join(target, 'manifest.json'), files['manifest.json'])
  process.stdout.write(files['manifest.json'])
}

if (import.meta.main) main()
