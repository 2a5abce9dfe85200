import { languages, type Language } from '../../../shared/model/facet.ts'
import type { ExchangeProblem } from '../../../shared/model/exchange.ts'
import type { Term } from '../../../shared/model/term.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { aatUri } from './aat.ts'
import { fieldOfMeaning, firstOfImages, type ExportImage, type ExportRecord } from './export-record.ts'
import {
  isDescription,
  localUri,
  markedNote,
  markedTerms,
  markWords,
  mediaTypeOf,
  numberOf,
  relativeAddress,
  rightsAddress,
  sourceOf,
  titleOf,
  type MarkedTerm
} from './record-facts.ts'
import { problemOf, type ExportContext, type RecordWriter, type WrittenRecord } from './record-writer.ts'
import { element, escapeXml, hasForbidden } from './xml.ts'

const wrap =
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"' +
  ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:edm="http://www.europeana.eu/schemas/edm/"' +
  ' xmlns:ore="http://www.openarchives.org/ore/terms/" xmlns:skos="http://www.w3.org/2004/02/skos/core#">\n'

/** "Copyright Not Evaluated" (rightsstatements.org): what holds where a file states no licence. */
const notEvaluated = 'http://rightsstatements.org/vocab/CNE/1.0/'

/**
 * Europeana Data Model 5.2.8 as RDF/XML, one file a catalogue: for each object a ProvidedCHO, its WebResources and its
 * Aggregation (EDM Mapping Guidelines 2.4). Object types → dc:type, materials → dcterms:medium, disciplines and subjects →
 * dc:subject, all by AAT address, with a skos:Concept a term. EDM has no place for certainty; terms that nobody
 * accepted are said in words in a dc:description, and one of them, marked, in its property where that would be empty. Pictures have addresses relative to the folder that was imported.
 */
export function createEdmWriter(context: ExportContext): RecordWriter {
  const write = (record: ExportRecord): WrittenRecord => ({
    record,
    text: `${recordXml(record, context)}\n`,
    problems: problemsOf(record, context)
  })
  return {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n${wrap}`,
    tail: '</rdf:RDF>\n',
    write: (records) => Promise.resolve(records.map(write)),
    close: () => Promise.resolve()
  }
}

/** What the schema requires and the record lacks is an error; what a person should know is a warning. */
function problemsOf(record: ExportRecord, context: ExportContext): ExchangeProblem[] {
  const found: ExchangeProblem[] = []
  const warn = (field: string, code: string): void => void found.push(problemOf(record, 'warning', field, code))
  const about = aboutTerms(markedTerms(record))
  if (about.length === 0) found.push(problemOf(record, 'error', 'dc:type', 'export.noTypeOrSubject'))
  else if (!about.some(isDescription)) warn('dc:type', 'export.onlySuggestedType')
  if (shown(record).length === 0) found.push(problemOf(record, 'error', 'edm:isShownBy', 'export.noPicture'))
  if (shown(record).some((image) => rightsAddress(image) === null)) warn('edm:rights', 'export.noRights')
  if (record.inventoryNumber === null) warn('dc:identifier', 'export.noInventoryNumber')
  if (context.institution.trim() === '') warn('edm:dataProvider', 'export.noInstitution')
  if ([record.note, ...record.fields.map(({ value }) => value)].some(hasForbidden)) warn('edm', 'export.forbiddenCharacters')
  return found
}

/** The terms of which EDM requires one; one that nobody accepted, in words with its mark, only where there is no other. */
function aboutTerms(terms: readonly MarkedTerm[]): MarkedTerm[] {
  const about = terms.filter(({ facet }) => facet !== 'materials')
  const accepted = about.filter(isDescription)
  return accepted.length > 0 ? accepted : about.slice(0, 1)
}

function shown(record: ExportRecord): ExportImage[] {
  return record.images.filter(({ path }) => path !== '')
}

function recordXml(record: ExportRecord, context: ExportContext): string {
  const terms = markedTerms(record)
  const described = terms.filter(isDescription)
  const images = shown(record)
  return [
    objectXml(record, terms, context),
    ...images.map(webResource),
    ...described.map(({ term }) => concept(term)),
    aggregation(record, images, context)
  ].join('')
}

function objectXml(record: ExportRecord, terms: readonly MarkedTerm[], context: ExportContext): string {
  const { language } = context.options
  const field = (name: string, meaning: Parameters<typeof fieldOfMeaning>[1]): string => text(name, fieldOfMeaning(record, meaning))
  const about = aboutTerms(terms)
  const materials = terms.filter((each) => each.facet === 'materials' && isDescription(each))
  const of = (name: string, among: readonly MarkedTerm[], ...wanted: readonly MarkedTerm['facet'][]): string[] =>
    among.filter(({ facet }) => wanted.includes(facet)).map((each) => termXml(name, each, language))
  const note = markedNote(terms, language)
  return element(
    'edm:ProvidedCHO',
    { 'rdf:about': localUri(record, context) },
    field('dc:creator', 'maker'),
    field('dc:date', 'dating'),
    text('dc:description', fieldOfMeaning(record, 'description') ?? firstOfImages(record, 'description')),
    text('dc:description', record.note),
    note === '' ? '' : element('dc:description', { 'xml:lang': language }, escapeXml(note)),
    text('dc:identifier', numberOf(record)),
    ...of('dc:subject', about, 'disciplines', 'subjects'),
    text('dc:title', titleOf(record, context)),
    ...of('dc:type', about, 'objectTypes'),
    field('dcterms:extent', 'measurements'),
    ...of('dcterms:medium', materials, 'materials'),
    field('edm:currentLocation', 'location'),
    text('edm:type', 'IMAGE')
  )
}

/** A term by its AAT address; in words if it has none, or with its mark if nobody accepted it. */
function termXml(name: string, each: MarkedTerm, language: Language): string {
  const { aatId, labels } = each.term
  const label = labelIn(labels, language)
  if (!isDescription(each)) return element(name, { 'xml:lang': language }, escapeXml(`${label.text} (${markWords(each, language)})`))
  if (aatId === null) return element(name, { 'xml:lang': label.language }, escapeXml(label.text))
  return element(name, { 'rdf:resource': aatUri(aatId) })
}

function webResource(image: ExportImage): string {
  return element(
    'edm:WebResource',
    { 'rdf:about': relativeAddress(image) },
    text('dc:format', mediaTypeOf(image)),
    text('dc:rights', image.metadata.rights),
    element('edm:rights', { 'rdf:resource': rightsAddress(image) ?? notEvaluated })
  )
}

function concept({ aatId, labels }: Term): string {
  if (aatId === null) return ''
  const preferred = languages.map((of) =>
    labels[of] === null ? '' : element('skos:prefLabel', { 'xml:lang': of }, escapeXml(labels[of] ?? ''))
  )
  return element('skos:Concept', { 'rdf:about': aatUri(aatId) }, ...preferred)
}

function aggregation(record: ExportRecord, images: readonly ExportImage[], context: ExportContext): string {
  const [first, ...others] = images
  return element(
    'ore:Aggregation',
    { 'rdf:about': localUri(record, context, 'aggregation') },
    element('edm:aggregatedCHO', { 'rdf:resource': localUri(record, context) }),
    text('edm:dataProvider', sourceOf(context)),
    ...others.map((image) => element('edm:hasView', { 'rdf:resource': relativeAddress(image) })),
    first === undefined ? '' : element('edm:isShownBy', { 'rdf:resource': relativeAddress(first) }),
    first === undefined ? '' : element('edm:object', { 'rdf:resource': relativeAddress(first) }),
    text('edm:provider', sourceOf(context)),
    text('dc:rights', context.attribution),
    element('edm:rights', { 'rdf:resource': (first === undefined ? null : rightsAddress(first)) ?? notEvaluated })
  )
}

/** A literal; nothing where there is no text. */
function text(name: string, content: string | null): string {
  return content === null || content.trim() === '' ? '' : element(name, {}, escapeXml(content))
}
