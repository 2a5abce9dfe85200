import { labelIn } from '../vocabulary/vocabulary.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { ExchangeProblem } from '../../../shared/model/exchange.ts'
import type { Term } from '../../../shared/model/term.ts'
import { aatUri } from './aat.ts'
import { fieldOfMeaning, firstOfImages, titleIn, type ExportImage, type ExportRecord } from './export-record.ts'
import {
  createPathNames,
  isDescription,
  localUri,
  markedTerms,
  markWords,
  mediaTypeOf,
  numberOf,
  relativeAddress,
  sourceOf,
  spanOf,
  titleOf,
  type MarkedTerm
} from './record-facts.ts'
import { problemOf, type ExportContext, type RecordWriter, type WrittenRecord } from './record-writer.ts'

type Node = Readonly<Record<string, unknown>>

/** AAT concepts by which the model tells names, numbers and texts apart (linked.art/model/base and linked.art/model/object). */
const kinds = {
  accessionNumber: ['300312355', 'Accession Number'],
  primaryName: ['300404670', 'Primary Name'],
  typeOfWork: ['300435443', 'Type of Work'],
  briefText: ['300418049', 'Brief Text'],
  note: ['300027200', 'Note'],
  description: ['300435416', 'Description'],
  dimensions: ['300435430', 'Dimension Statement'],
  height: ['300055644', 'Height'],
  width: ['300055647', 'Width'],
  pixels: ['300266190', 'Pixels']
} as const

/**
 * Linked Art JSON-LD, one HumanMadeObject a file, in a ZIP file. Object types and disciplines → classified_as, materials →
 * made_of, subjects → what the shown VisualItem is about. Terms of which somebody was not certain carry an
 * AttributeAssignment that says so; terms that nobody accepted have that alone, so that no reader takes them for facts.
 */
export function createLinkedArtWriter(context: ExportContext): RecordWriter {
  const pathOf = createPathNames()
  const write = (record: ExportRecord): WrittenRecord => {
    const text = `${JSON.stringify(objectOf(record, context), null, 2)}\n`
    const files = [{ path: pathOf(numberOf(record), '.json', record), text }]
    return { record, text: '', files, problems: problemsOf(record, context) }
  }
  return { head: '', tail: '', write: (records) => Promise.resolve(records.map(write)), close: () => Promise.resolve() }
}

function problemsOf(record: ExportRecord, { options: { language } }: ExportContext): ExchangeProblem[] {
  const unknown = markedTerms(record).filter(({ term }) => term.aatId === null)
  return [
    ...(record.inventoryNumber === null ? [problemOf(record, 'warning', 'identified_by', 'export.noInventoryNumber')] : []),
    ...unknown.map(({ term }) =>
      problemOf(record, 'warning', 'classified_as', 'export.noAatId', { term: labelIn(term.labels, language).text })
    )
  ]
}

function objectOf(record: ExportRecord, context: ExportContext): Node {
  const { language } = context.options
  const terms = markedTerms(record)
  const described = terms.filter(isDescription)
  const of = (facet: MarkedTerm['facet']): Term[] => described.filter((each) => each.facet === facet).map(({ term }) => term)
  const title = titleIn(record)
  const name = title === null ? [] : [{ type: 'Name', classified_as: [kind('primaryName')], content: title }]
  const number = { type: 'Identifier', classified_as: [kind('accessionNumber')], content: numberOf(record) }
  const classified = [
    ...of('objectTypes').map((term) => ({ ...typeOf('Type', term, language), classified_as: [kind('typeOfWork')] })),
    ...of('disciplines').map((term) => typeOf('Type', term, language))
  ]
  const location = fieldOfMeaning(record, 'location')
  const production = productionOf(record)
  return {
    '@context': 'https://linked.art/ns/v1/linked-art.json',
    id: localUri(record, context),
    type: 'HumanMadeObject',
    _label: titleOf(record, context),
    identified_by: [number, ...name],
    ...list('classified_as', classified),
    ...list(
      'made_of',
      of('materials').map((term) => typeOf('Material', term, language))
    ),
    ...list('shows', shownBy(of('subjects'), language)),
    ...list('referred_to_by', statementsOf(record, context)),
    ...(production === null ? {} : { produced_by: production }),
    ...(location === null ? {} : { current_location: { type: 'Place', _label: location } }),
    current_owner: [{ type: 'Group', _label: sourceOf(context) }],
    ...list(
      'attributed_by',
      terms.filter(({ mark }) => mark !== null).map((each) => assignmentOf(each, language))
    ),
    ...list('representation', record.images.filter(({ path }) => path !== '').map(pictureOf))
  }
}

function shownBy(subjects: readonly Term[], language: Language): Node[] {
  return subjects.length === 0 ? [] : [{ type: 'VisualItem', about: subjects.map((term) => typeOf('Type', term, language)) }]
}

function statementsOf(record: ExportRecord, { attribution }: ExportContext): Node[] {
  const description = fieldOfMeaning(record, 'description') ?? firstOfImages(record, 'description')
  const measurements = fieldOfMeaning(record, 'measurements')
  return [
    ...(description === null ? [] : [statement(description, 'description')]),
    ...(measurements === null ? [] : [statement(measurements, 'dimensions')]),
    ...(record.note === '' ? [] : [statement(record.note, 'note')]),
    statement(attribution, 'note')
  ]
}

/** Who made the object and when, as the fields say it. */
function productionOf(record: ExportRecord): Node | null {
  const maker = fieldOfMeaning(record, 'maker')
  const dating = fieldOfMeaning(record, 'dating')
  if (maker === null && dating === null) return null
  return {
    type: 'Production',
    ...(maker === null ? {} : { referred_to_by: [statement(maker, 'note')] }),
    ...(dating === null ? {} : { timespan: timespanOf(dating) })
  }
}

function timespanOf(dating: string): Node {
  const span = spanOf(dating)
  const name = { identified_by: [{ type: 'Name', content: dating }] }
  if (span === null) return { type: 'TimeSpan', ...name }
  return { type: 'TimeSpan', ...name, begin_of_the_begin: firstMoment(span.from), end_of_the_end: lastMoment(span.to) }
}

function firstMoment(date: string): string {
  const [year, month = '01', day = '01'] = date.split('-')
  return `${year}-${month}-${day}T00:00:00Z`
}

function lastMoment(date: string): string {
  const [year = '', month = '12', day] = date.split('-')
  const last = day ?? String(new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()).padStart(2, '0')
  return `${year}-${month}-${last}T23:59:59Z`
}

/** What was said of a term that is not certain, by whom and when. */
function assignmentOf(each: MarkedTerm, language: Language): Node {
  const { facet, term, decision } = each
  const words = markWords(each, language)
  return {
    type: 'AttributeAssignment',
    _label: words,
    assigned: [typeOf(facet === 'materials' ? 'Material' : 'Type', term, language)],
    ...(facet === 'subjects' ? {} : { assigned_property: facet === 'materials' ? 'made_of' : 'classified_as' }),
    referred_to_by: [statement(words, 'note')],
    ...(decision === null
      ? {}
      : {
          carried_out_by: [{ type: 'Person', _label: decision.author }],
          timespan: { type: 'TimeSpan', begin_of_the_begin: decision.at, end_of_the_end: decision.at }
        })
  }
}

/** A picture by its address relative to the folder that was imported. */
function pictureOf(image: ExportImage): Node {
  const format = mediaTypeOf(image)
  const pixels = (name: 'height' | 'width'): Node => {
    const [id, label] = kinds.pixels
    return {
      type: 'Dimension',
      classified_as: [kind(name)],
      value: image[name],
      unit: { id: aatUri(id), type: 'MeasurementUnit', _label: label }
    }
  }
  return {
    type: 'VisualItem',
    digitally_shown_by: [
      {
        type: 'DigitalObject',
        _label: image.fileName,
        ...(format === null ? {} : { format }),
        dimension: [pixels('height'), pixels('width')],
        access_point: [{ id: relativeAddress(image), type: 'DigitalObject' }]
      }
    ]
  }
}

function statement(content: string, name: 'description' | 'dimensions' | 'note'): Node {
  return { type: 'LinguisticObject', classified_as: [{ ...kind(name), classified_as: [kind('briefText')] }], content }
}

/** A term by its AAT address; one without an AAT id by its label alone. */
function typeOf(type: 'Type' | 'Material', { aatId, labels }: Term, language: Language): Node {
  return { ...(aatId === null ? {} : { id: aatUri(aatId) }), type, _label: labelIn(labels, language).text }
}

function kind(name: keyof typeof kinds): Node {
  const [id, label] = kinds[name]
  return { id: aatUri(id), type: 'Type', _label: label }
}

/** A property that is left out where it has no values. */
function list(property: string, values: readonly Node[]): Node {
  return values.length === 0 ? {} : { [property]: values }
}
