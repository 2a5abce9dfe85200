import { copyFile, link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { explainFileError, openAtomicFile } from '../lib/atomic-file.ts'
import { exists } from '../lib/exists.ts'
import { csvRows } from '../lib/csv-text.ts'
import { eufccColumnOf, eufccColumns, labelSeparator } from '../exchange/eufcc.ts'
import { createTreeKeys, trainingObjects, type TreeKeys, type TreeSource } from './examples.ts'
import type { ClosedFacet, TrainingObject, TrainingPicture } from './operations.ts'

/** Name of the table in the data folder, and of the folder of pictures beside it. */
export const annotationsFile = 'annotations.csv'
export const picturesFolder = 'pictures'

/** Columns behind those of the dataset: what the trainer reads beyond it (trainer/README.md). */
const ownColumns = [
  'file',
  'group',
  'licence',
  'closed',
  ...facets.flatMap((facet) => [`rejected.${facet}`, `uncertain.${facet}`, `open.${facet}`])
]

export interface DataParts {
  readonly catalogue: Catalogue
  readonly vocabulary: TreeSource
  readonly institution: string
  /** The screen-size picture of an image as a file; null if neither it nor its original is there. */
  readonly picture: (sha256: string) => Promise<string | null>
}

export interface WrittenData {
  readonly pictures: number
  /** Pictures left out because neither the original nor the catalogue's own picture of it is there. */
  readonly missing: number
}

/**
 * Writes what a training reads into `folder`: `annotations.csv` in the dialect of EUFCC-340K and `pictures/<sha256>.jpg`, the
 * catalogue's screen-size pictures, linked where the file system can. Only closed facets are written (docs/interface.md,
 * "What training reads"); the views of an object share a group. The table comes last, so that a folder with it is complete.
 * AppError `training.noPictures`, those of a full or locked disk; Cancelled between two objects.
 */
export async function writeTrainingData(
  parts: DataParts,
  folder: string,
  onPicture: (written: WrittenData) => void,
  signal: AbortSignal
): Promise<WrittenData> {
  const keys = createTreeKeys(parts.vocabulary)
  const pictures = join(folder, picturesFolder)
  await mkdir(pictures, { recursive: true })
  const table = await openAtomicFile(join(folder, annotationsFile))
  const written = { pictures: 0, missing: 0 }
  try {
    await table.write(csvRows([[...eufccColumns, ...ownColumns]], ','))
    for await (const page of trainingObjects(parts.catalogue, true)) {
      const rows: string[][] = []
      for (const object of page) {
        if (signal.aborted) throw new Cancelled()
        const cells = cellsOf(object, keys)
        for (const picture of object.pictures) {
          const file = await takePicture(parts, pictures, picture.sha256)
          if (file) rows.push(rowOf(parts, object, picture, cells))
          written[file ? 'pictures' : 'missing']++
          onPicture({ ...written })
        }
      }
      await table.write(csvRows(rows, ','))
    }
    if (written.pictures === 0) throw new AppError('training.noPictures', { missing: written.missing })
    await table.place(join(folder, annotationsFile), { replace: true })
  } finally {
    await table.abandon()
  }
  return written
}

/** Puts a picture into the data folder; false if there is none. */
async function takePicture({ picture }: DataParts, folder: string, sha256: string): Promise<boolean> {
  const target = join(folder, `${sha256}.jpg`)
  if (await exists(target)) return true
  const source = await picture(sha256)
  if (source === null) return false
  // Linked if possible: a second copy of all pictures would only fill the disk.
  await link(source, target).catch(async () => {
    await copyFile(source, target).catch(async (error: unknown) => {
      await rm(target, { force: true })
      throw explainFileError(error, target)
    })
  })
  return true
}

/** The cells of an object that are the same for all its pictures. */
function cellsOf({ closed }: TrainingObject, keys: TreeKeys): Map<string, string> {
  const cells = new Map<string, string>()
  const paths = (facet: Facet, found: readonly TermKey[]): string =>
    [...new Set(found)].map((key) => key.slice(facet.length + 1)).join(labelSeparator)
  for (const facet of facets) {
    const known: ClosedFacet | undefined = closed[facet]
    if (known === undefined) continue
    const accepted = new Set(known.accepted.flatMap((key) => keys.accepted(key)))
    // A term at two positions, one accepted and one not, is right: people decide about concepts.
    const others = (state: 'rejected' | 'uncertain' | 'open'): TermKey[] =>
      known[state].flatMap((key) => keys.positions(key)).filter((key) => !accepted.has(key))
    cells.set(eufccColumnOf[facet], paths(facet, [...accepted]))
    cells.set(`rejected.${facet}`, paths(facet, others('rejected')))
    cells.set(`uncertain.${facet}`, paths(facet, others('uncertain')))
    cells.set(`open.${facet}`, paths(facet, others('open')))
  }
  cells.set('closed', facets.filter((facet) => closed[facet] !== undefined).join(';'))
  return cells
}

function rowOf(
  { catalogue, institution }: DataParts,
  object: TrainingObject,
  picture: TrainingPicture,
  cells: Map<string, string>
): string[] {
  const own = new Map([
    ['idInSource', picture.sha256],
    ['#portraitMedia.original', picture.fileName],
    ['database', catalogue.name],
    ['repository.keeper', institution],
    ['file', `${picturesFolder}/${picture.sha256}.jpg`],
    ['group', `object-${object.id}`],
    ['licence', picture.rights ?? ''],
    ...cells
  ])
  return [...eufccColumns, ...ownColumns].map((column) => own.get(column) ?? '')
}
