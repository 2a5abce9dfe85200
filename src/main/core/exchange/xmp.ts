import { languages, type Language } from '../../../shared/model/facet.ts'
import type { Labels } from '../../../shared/model/term.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { aatUri } from './aat.ts'
import { fieldOfMeaning, type ExportImage, type ExportRecord } from './export-record.ts'
import { facetNames } from './headings.ts'
import { createPathNames, isDescription, markedTerms, markWords, sourceOf, titleOf, type MarkedTerm } from './record-facts.ts'
import { problemOf, type ExportContext, type RecordWriter, type WrittenRecord } from './record-writer.ts'
import { element, escapeXml, hasForbidden } from './xml.ts'

const namespaces = {
  'xmlns:rdf': 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  'xmlns:exif': 'http://ns.adobe.com/exif/1.0/',
  'xmlns:lr': 'http://ns.adobe.com/lightroom/1.0/',
  'xmlns:Iptc4xmpExt': 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/'
}

/**
 * XMP sidecars, one file a picture, in a ZIP file with the folders of the pictures: unpacked over these, each stands beside
 * its picture as `<name>.<ending>.xmp`. The pictures themselves are never written. dc:subject has the labels of accepted
 * terms in both languages, Iptc4xmpExt:AboutCvTerm their AAT addresses (IPTC Photo Metadata 2023.2, CV-Term structure),
 * lr:hierarchicalSubject the paths, with the mark of terms that are not certain or not accepted.
 */
export function createXmpWriter(context: ExportContext): RecordWriter {
  const pathOf = createPathNames()
  const write = (record: ExportRecord): WrittenRecord => {
    const files = record.images.map((image) => ({
      path: pathOf(image.path || image.fileName || image.sha256, '.xmp', record),
      text: packet(record, image, context)
    }))
    const problems = files.length === 0 ? [problemOf(record, 'error', 'xmp', 'export.noPicture')] : []
    const texts = [record.note, ...record.fields.map(({ value }) => value)]
    if (texts.some(hasForbidden)) problems.push(problemOf(record, 'warning', 'xmp', 'export.forbiddenCharacters'))
    return { record, text: '', files, problems }
  }
  return { head: '', tail: '', write: (records) => Promise.resolve(records.map(write)), close: () => Promise.resolve() }
}

function packet(record: ExportRecord, image: ExportImage, context: ExportContext): string {
  const { language } = context.options
  const terms = markedTerms(record)
  const accepted = terms.filter(isDescription)
  const description = fieldOfMeaning(record, 'description') ?? image.metadata.description
  const properties = [
    element('dc:title', {}, alternatives([[null, titleOf(record, context)]])),
    record.inventoryNumber === null ? '' : element('dc:identifier', {}, escapeXml(record.inventoryNumber)),
    description === null ? '' : element('dc:description', {}, alternatives([[null, description]])),
    bag('dc:subject', keywords(accepted, language)),
    bag('lr:hierarchicalSubject', [...new Set(terms.map((each) => hierarchy(each, language)))]),
    structures('Iptc4xmpExt:AboutCvTerm', accepted.map(cvTerm)),
    structures('Iptc4xmpExt:ArtworkOrObject', [artwork(record, context)]),
    record.note === '' ? '' : element('exif:UserComment', {}, alternatives([[null, record.note]]))
  ]
  const described = element('rdf:Description', { 'rdf:about': '', ...namespaces }, ...properties)
  const { 'xmlns:rdf': rdf } = namespaces
  const meta = element('x:xmpmeta', { 'xmlns:x': 'adobe:ns:meta/' }, element('rdf:RDF', { 'xmlns:rdf': rdf }, described))
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>\n${meta}\n<?xpacket end="w"?>\n`
}

/** The labels of terms, those of the chosen language first, each once. */
function keywords(terms: readonly MarkedTerm[], language: Language): string[] {
  const inOrder = [language, ...languages.filter((other) => other !== language)]
  return [...new Set(inOrder.flatMap((of) => terms.map(({ term }) => term.labels[of])).filter((text) => text !== null))]
}

/** Facet, path and mark, joined by `|` as Lightroom, Bridge and digiKam join the levels of a keyword. */
function hierarchy(each: MarkedTerm, language: Language): string {
  const { facet, term } = each
  const words = markWords({ mark: each.mark, probability: null }, language)
  const path = term.path.map((labels) => labelIn(labels, language).text.replaceAll('|', '/'))
  return [...(words === '' ? [] : [words]), facetNames[facet][language], ...path].join('|')
}

function cvTerm({ term }: MarkedTerm): string {
  const uri = term.aatId === null ? '' : element('Iptc4xmpExt:CvTermId', {}, aatUri(term.aatId))
  const source = term.aatId === null ? '' : element('Iptc4xmpExt:CvId', {}, 'http://vocab.getty.edu/aat/')
  return source + uri + element('Iptc4xmpExt:CvTermName', {}, alternatives(inLanguages(term.labels)))
}

function artwork(record: ExportRecord, context: ExportContext): string {
  const number = record.inventoryNumber
  return [
    element('Iptc4xmpExt:AOTitle', {}, alternatives([[null, titleOf(record, context)]])),
    element('Iptc4xmpExt:AOSource', {}, escapeXml(sourceOf(context))),
    number === null ? '' : element('Iptc4xmpExt:AOSourceInvNo', {}, escapeXml(number))
  ].join('')
}

function inLanguages(labels: Labels): (readonly [Language, string])[] {
  return languages.flatMap((language) => (labels[language] === null ? [] : [[language, labels[language]] as const]))
}

/** A language alternative (XMP specification, part 1, 8.2.2.4); the first text is that of `x-default`. */
function alternatives(texts: readonly (readonly [Language | null, string])[]): string {
  const item = (language: string, text: string): string => element('rdf:li', { 'xml:lang': language }, escapeXml(text))
  const [first] = texts
  const byDefault = first === undefined ? '' : item('x-default', first[1])
  return element('rdf:Alt', {}, byDefault, ...texts.map(([language, text]) => (language === null ? '' : item(language, text))))
}

function bag(name: string, texts: readonly string[]): string {
  return texts.length === 0 ? '' : element(name, {}, element('rdf:Bag', {}, ...texts.map((text) => element('rdf:li', {}, escapeXml(text)))))
}

function structures(name: string, contents: readonly string[]): string {
  const items = contents.map((content) => element('rdf:li', { 'rdf:parseType': 'Resource' }, content))
  return items.length === 0 ? '' : element(name, {}, element('rdf:Bag', {}, ...items))
}
