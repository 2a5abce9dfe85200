/** A richly described object for the tests of the formats for the web, and what a writer makes of records. */
import { perFacet } from '../../../shared/model/facet.ts'
import type { ExportOptions } from '../../../shared/model/exchange.ts'
import type { FieldMeaning, ObjectField } from '../../../shared/model/field.ts'
import type { StoredRecord } from '../annotation/stored-record.ts'
import { accepted, bronze, contextOf, image, medal, medalTerms, runs, storedRun, suggestion, theVocabulary } from './examples.fixture.ts'
import { exportRecordOf } from './export-record.ts'
import type { ExportContext, RecordWriter, WrittenRecord } from './record-writer.ts'

export const uris = { medal: 'http://vocab.getty.edu/aat/300046025', bronze: 'http://vocab.getty.edu/aat/300010957' } as const

/** A medal of two pictures with fields, a note, a probable material, an uncertain subject and a suggestion. */
export function richMedal(change: Partial<StoredRecord> = {}): StoredRecord {
  return medal({
    images: [
      image('capsa 1/0001.jpg', { rights: 'https://creativecommons.org/licenses/by/4.0/' }),
      { ...image('capsa 1/0001 dors.tif'), format: 'tiff', width: 1200, height: 900 }
    ],
    note: 'Vora <gastada> & neta',
    fields: [field('dating', '1905-1910'), field('maker', 'Josep Llimona'), field('location', 'Reserva 2'), field('measurements', '5 cm')],
    annotations: perFacet((facet) =>
      medalTerms[facet].map((key) =>
        accepted(key, facet === 'materials' ? { certainty: 'probable' } : facet === 'subjects' ? { state: 'uncertain' } : {})
      )
    ),
    suggestions: perFacet((facet) => (facet === 'objectTypes' ? [suggestion('objectTypes', 'objectTypes/moneda', 1, 0.4)] : [])),
    run: storedRun,
    ...change
  })
}

/** A medal of which nobody decided anything and a model suggests that it is bronze and a medal. */
export function undecidedMedal(): StoredRecord {
  return medal({
    id: 3,
    inventoryNumber: '0003',
    annotations: perFacet(() => []),
    suggestions: perFacet((facet) => {
      if (facet === 'materials') return [suggestion(facet, bronze, 1, 0.83)]
      return facet === 'objectTypes' ? [suggestion(facet, 'objectTypes/medalla', 1, 0.91)] : []
    }),
    run: storedRun
  })
}

function field(meaning: FieldMeaning, value: string): ObjectField {
  return { fieldId: 1, kind: 'text', name: meaning, meaning, choices: [], value, author: null, at: null }
}

/** What a format makes of stored records; `what` is `all` unless the options say otherwise. */
export async function writtenOf(
  create: (context: ExportContext) => RecordWriter,
  records: readonly StoredRecord[],
  options: ExportOptions
): Promise<{ writer: RecordWriter; written: WrittenRecord[] }> {
  const context = await contextOf({ what: 'all', ...options })
  const vocabulary = await theVocabulary()
  const writer = create(context)
  const written = await writer.write(records.map((record) => exportRecordOf(record, context.options.what, vocabulary, runs)))
  await writer.close()
  return { writer, written }
}

/** The files of all records as parsed JSON. */
export function parsedFiles(written: readonly WrittenRecord[]): Record<string, unknown>[] {
  return written.flatMap(({ files = [] }) => files).map(({ text }) => JSON.parse(text) as Record<string, unknown>)
}
