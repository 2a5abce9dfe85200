/**
 * Builds the sample collection from the pictures named in selection.csv: `node scripts/sample/build.ts --from ../shared/images`.
 * Pictures are made no longer than 1600 px, upright, with the metadata of their museum kept; each licence and credit goes into attributions.csv.
 */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'

const longest = 1600
const credits: Readonly<Record<string, string>> = {
  getty: 'J. Paul Getty Museum, Los Angeles (Getty Publications)',
  'bnf-gallica': 'Bibliothèque nationale de France, Gallica (Gallicorpora)',
  testaments: 'Archives nationales de France, Testaments de Poilus (CREMMA)'
}

/** Holders other than the collection's own whose pictures a publication of the Getty reproduces. */
const otherHolders: Readonly<Record<string, string>> = {
  'The Metropolitan Museum of Art': 'The Metropolitan Museum of Art, New York (reproduced in Artistry in Bronze, Getty Publications)'
}

interface Selected {
  readonly name: string
  readonly source: string
  readonly title: string
}

const rowsOf = <T>(file: string, delimiter: string): T[] => parse(readFileSync(file), { columns: true, bom: true, delimiter }) as T[]

/** Which of the three collections a source path belongs to. */
function collectionOf(source: string): string {
  if (/testament/i.test(source)) return 'testaments'
  return /(^images\/bnf-gallica|\/btv1b|\/f18)/.test(source) ? 'bnf-gallica' : 'getty'
}

const { values } = parseArgs({ options: { from: { type: 'string', default: '../shared/images' } } })
const root = join(import.meta.dirname, '..', '..')
const target = join(root, 'resources', 'sample')
const annotations = rowsOf<{ file: string; licence: string; 'repository.keeper': string }>(join(values.from, 'annotations.csv'), ',')
const holders = new Map(annotations.map((row) => [row.file, row['repository.keeper']]))
const licences = new Map([
  ...annotations.map(({ file, licence }) => [file, licence] as const),
  ...rowsOf<{ file: string; licence: string }>(join(values.from, 'originals', 'originals.csv'), ',').map(
    ({ file, licence }) => [`originals/${file}`, licence] as const
  )
])

rmSync(join(target, 'images'), { recursive: true, force: true })
mkdirSync(join(target, 'images'), { recursive: true })
const attributions: Record<string, string>[] = []
for (const { name, source, title } of rowsOf<Selected>(join(import.meta.dirname, 'selection.csv'), ';')) {
  const licence = licences.get(source) ?? ''
  if (!/^CC(0| BY)/.test(licence)) throw new Error(`${source}: the licence "${licence}" is not one of those that may be shipped`)
  const file = `${name}.jpg`
  const { data, info } = await sharp(join(values.from, source))
    .autoOrient()
    .resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true })
    .withMetadata()
    .jpeg({ quality: 80, mozjpeg: true })
    .toBuffer({ resolveWithObject: true })
  writeFileSync(join(target, 'images', file), data)
  attributions.push({
    file,
    title,
    credit: otherHolders[holders.get(source) ?? ''] ?? credits[collectionOf(source)] ?? '',
    source: basename(source),
    licence,
    changes: `resized to ${info.width} x ${info.height} px, saved as JPEG again`
  })
}
writeFileSync(
  join(target, 'attributions.csv'),
  stringify(attributions, { header: true, columns: ['file', 'title', 'credit', 'source', 'licence', 'changes'] })
)
