/**
 * Builds `resources/vocabulary/` from the published label trees, their mapping to the AAT, the AAT extract and the
 * candidates for Catalan labels:
 *
 *     npm run vocabulary -- --from <folder with aat-eufcc.csv, aat-extract.csv.gz, eufcc-labels/ and catalan/>
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
import { buildCatalan, type CandidateRow } from './catalan.ts'
import { buildThesaurus, type ExtractRow } from './thesaurus.ts'
import { buildTrees, type MappingRow } from './trees.ts'

const labelFiles = { objectTypes: 'objectTypes', materials: 'materials', disciplines: 'classifications', subjects: 'subjects' } as const
const candidatesFile = 'catalan/catalan-candidates.csv'

/** The files of `resources/vocabulary` by name, uncompressed, made from the folder `source`. */
export function buildVocabulary(source: string): Record<'trees.json' | 'aat.json' | 'catalan.json' | 'manifest.json', string> {
  const read = (name: string): Buffer => readFileSync(join(source, name))
  const mapping = parse(read('aat-eufcc.csv'), { columns: true, bom: true }) as MappingRow[]
  const extract = parse(gunzipSync(read('aat-extract.csv.gz')), { columns: true, bom: true }) as ExtractRow[]
  const candidates = parse(read(candidatesFile), { columns: true, bom: true }) as CandidateRow[]
  const published = Object.fromEntries(
    facets.map((facet) => [facet, read(`eufcc-labels/${labelFiles[facet]}.txt`).toString('utf8')])
  ) as Record<(typeof facets)[number], string>

  const trees = buildTrees(published, mapping)
  const thesaurus = buildThesaurus(extract)
  const treesText = columnsOnLines(trees)
  const aatText = columnsOnLines(thesaurus)
  const catalan = buildCatalan(candidates, thesaurus)
  const catalanText = columnsOnLines(catalan)
  const sources = ['aat-eufcc.csv', 'aat-extract.csv.gz', candidatesFile, ...facets.map((facet) => `eufcc-labels/${labelFiles[facet]}.txt`)]
  const manifest = {
    nodes: trees.nodes,
    hidden: trees.hidden.length,
    aatIds: thesaurus.type.length,
    catalan: catalan.id.length,
    files: { 'trees.json': sha256(treesText), 'aat.json': sha256(aatText), 'catalan.json': sha256(catalanText) },
    sources: Object.fromEntries(sources.map((name) => [name, sha256(read(name))]))
  }
  return {
    'trees.json': treesText,
    'aat.json': aatText,
    'catalan.json': catalanText,
    'manifest.json': `${JSON.stringify(manifest, null, 2)}\n`
  }
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
  for (const name of ['aat.json', 'catalan.json'] as const) writeFileSync(join(target, `${name}.gz`), gzipSync(files[name], { level: 9 }))
  writeFileSync(join(target, 'manifest.json'), files['manifest.json'])
  process.stdout.write(files['manifest.json'])
}

if (import.meta.main) main()
