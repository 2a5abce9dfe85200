import { facets, languages, type Language } from '../../../shared/model/facet.ts'
import type { ExchangeProblem } from '../../../shared/model/exchange.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { aatUri } from './aat.ts'
import { fieldOfMeaning, firstOfImages, type ExportImage, type ExportRecord } from './export-record.ts'
import { facetNames, objectHeadings } from './headings.ts'
import {
  createPathNames,
  localUri,
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
import { escapeXml } from './xml.ts'

type LanguageMap = Partial<Record<Language | 'none', string[]>>
interface MetadataEntry {
  readonly label: LanguageMap
  readonly value: LanguageMap
}

/**
 * IIIF Presentation 3.0 manifests, one file an object, in a ZIP file. A manifest has a canvas a picture, of its size in
 * pixels. Nothing is on a web server yet: addresses of pictures are relative to the folder that was imported, and
 * identifiers end in nothing that can be fetched (`localUri`).
 */
export function createIiifWriter(context: ExportContext): RecordWriter {
  const pathOf = createPathNames()
  const write = (record: ExportRecord): WrittenRecord => {
    const problems = problemsOf(record, context)
    const images = record.images.filter(({ path }) => path !== '')
    if (images.length === 0) return { record, text: '', files: [], problems }
    const text = `${JSON.stringify(manifestOf(record, images, context), null, 2)}\n`
    return { record, text: '', files: [{ path: pathOf(numberOf(record), '.json', record), text }], problems }
  }
  return { head: '', tail: '', write: (records) => Promise.resolve(records.map(write)), close: () => Promise.resolve() }
}

function problemsOf(record: ExportRecord, context: ExportContext): ExchangeProblem[] {
  const problems: ExchangeProblem[] = []
  if (!record.images.some(({ path }) => path !== '')) problems.push(problemOf(record, 'error', 'items', 'export.noPicture'))
  if (record.inventoryNumber === null) problems.push(problemOf(record, 'warning', 'metadata', 'export.noInventoryNumber'))
  if (context.institution.trim() === '') problems.push(problemOf(record, 'warning', 'requiredStatement', 'export.noInstitution'))
  return problems
}

function manifestOf(record: ExportRecord, images: readonly ExportImage[], context: ExportContext): object {
  const description = fieldOfMeaning(record, 'description') ?? firstOfImages(record, 'description')
  const rights = images.map(rightsAddress).find((address) => address !== null)
  return {
    '@context': 'http://iiif.io/api/presentation/3/context.json',
    id: localUri(record, context, 'manifest.json'),
    type: 'Manifest',
    label: { none: [titleOf(record, context)] },
    ...(description === null ? {} : { summary: { none: [description] } }),
    metadata: metadataOf(record),
    ...(rights === undefined ? {} : { rights: rights.replace(/^https:/, 'http:') }),
    requiredStatement: {
      label: { ca: ['Procedència'], en: ['Source'] },
      value: { none: [sourceOf(context), context.attribution] }
    },
    items: images.map((image, index) => canvasOf(record, image, index + 1, context))
  }
}

function canvasOf(record: ExportRecord, image: ExportImage, position: number, context: ExportContext): object {
  const id = localUri(record, context, 'canvas', String(position))
  const { width, height } = image
  const format = mediaTypeOf(image)
  return {
    id,
    type: 'Canvas',
    label: { none: [image.fileName] },
    width,
    height,
    items: [
      {
        id: `${id}/page`,
        type: 'AnnotationPage',
        items: [
          {
            id: `${id}/page/picture`,
            type: 'Annotation',
            motivation: 'painting',
            body: { id: relativeAddress(image), type: 'Image', ...(format === null ? {} : { format }), width, height },
            target: id
          }
        ]
      }
    ]
  }
}

/** The number, the fields, the terms of each facet with their marks, and the note. */
function metadataOf(record: ExportRecord): MetadataEntry[] {
  const terms = markedTerms(record)
  const entry = (names: Record<Language, string>, value: LanguageMap): MetadataEntry => ({
    label: { ca: [names.ca], en: [names.en] },
    value
  })
  return [
    entry(objectHeadings.number, { none: [numberOf(record)] }),
    ...record.fields.filter(({ value }) => value !== '').map(({ name, value }) => ({ label: { none: [name] }, value: { none: [value] } })),
    ...facets.flatMap((facet) => {
      const own = terms.filter((each) => each.facet === facet)
      if (own.length === 0) return []
      const values = languages.map((language) => [language, own.map((each) => termHtml(each, language))])
      return [entry(facetNames[facet], Object.fromEntries(values) as LanguageMap)]
    }),
    ...(record.note === '' ? [] : [entry(objectHeadings.note, { none: [record.note] })])
  ]
}

/** A term in the HTML that values may have (Presentation 3.0, 4.5): a link to the AAT, and the mark of what is not certain. */
function termHtml(each: MarkedTerm, language: Language): string {
  const { text } = labelIn(each.term.labels, language)
  const { aatId } = each.term
  const mark = markWords(each, language)
  const label = aatId === null ? escapeXml(text) : `<a href="${aatUri(aatId)}">${escapeXml(text)}</a>`
  return `<span>${label}${mark === '' ? '' : ` (${escapeXml(mark)})`}</span>`
}
