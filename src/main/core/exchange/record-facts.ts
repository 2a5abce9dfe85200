import { facets, type Facet, type Language } from '../../../shared/model/facet.ts'
import type { Term } from '../../../shared/model/term.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { titleIn, type ExportImage, type ExportRecord } from './export-record.ts'
import { certaintyNames, facetNames, termStateNames } from './headings.ts'
import type { ExportContext } from './record-writer.ts'

/** Facts of a record that several formats write, each in its own elements. */

const mediaTypes: Record<string, string> = {
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  tiff: 'image/tiff',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  heif: 'image/heic',
  heic: 'image/heic'
}

/** Media type of a picture's format; null if it has none that is registered. */
export function mediaTypeOf({ format }: Pick<ExportImage, 'format'>): string | null {
  return mediaTypes[format] ?? null
}

/** Address of a picture relative to the folder that was imported; empty where the picture's file is not known. */
export function relativeAddress({ path }: Pick<ExportImage, 'path'>): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** The address of a licence or a rights statement in what a file says of its rights. */
export function rightsAddress({ metadata }: Pick<ExportImage, 'metadata'>): string | null {
  return /https?:\/\/(?:creativecommons\.org|rightsstatements\.org)\/[^\s"<>]+/.exec(metadata.rights ?? '')?.[0] ?? null
}

/** The title of a field or that the image files carry, else the object's type with its number. */
export function titleOf(record: ExportRecord, { options: { language } }: Pick<ExportContext, 'options'>): string {
  const title = titleIn(record)
  if (title !== null) return title
  const { accepted, suggested } = record.facets.objectTypes
  const name = accepted[0] ?? suggested[0]
  return name === undefined ? record.label : `${labelIn(name.term.labels, language).text}, ${record.label}`
}

/** The number of a record: the inventory number, else one that stays the same in this catalogue. */
export function numberOf(record: ExportRecord): string {
  return record.inventoryNumber ?? `object-${record.id}`
}

/** Who the records come from: the institution of the settings, else the catalogue. */
export function sourceOf({ institution, catalogueName }: Pick<ExportContext, 'institution' | 'catalogueName'>): string {
  return institution.trim() || catalogueName
}

/**
 * An identifier with the form of a web address, for formats that require one. `.invalid` (RFC 2606) says that nothing can be
 * fetched there: the catalogue is on no web server.
 */
export function localUri(record: ExportRecord, context: ExportContext, ...parts: readonly string[]): string {
  return ['https://fitxa.invalid', ...[sourceOf(context), numberOf(record), String(record.id), ...parts].map(encodeURIComponent)].join('/')
}

/** A term as formats write it that have one list for all; `mark` tells it from an accepted, certain one. */
export interface MarkedTerm {
  readonly facet: Facet
  readonly term: Term
  readonly mark: 'probable' | 'uncertain' | 'suggested' | null
  /** Calibrated likelihood of a suggestion that nobody decided, else null. */
  readonly probability: number | null
  /** Who decided and when; null for a suggestion. */
  readonly decision: { readonly author: string; readonly at: string } | null
}

/** The exported terms of an object, facet by facet: accepted ones, then uncertain ones, then suggestions. */
export function markedTerms(record: ExportRecord): MarkedTerm[] {
  return facets.flatMap((facet) => {
    const { accepted, uncertain, suggested } = record.facets[facet]
    return [
      ...accepted.map(({ term, certainty, author, at }): MarkedTerm => {
        const mark = certainty === 'probable' ? 'probable' : null
        return { facet, term, mark, probability: null, decision: { author, at } }
      }),
      ...uncertain.map(({ term, author, at }): MarkedTerm => ({
        facet,
        term,
        mark: 'uncertain',
        probability: null,
        decision: { author, at }
      })),
      ...suggested.map(({ term, probability, accepted: isAccepted }): MarkedTerm => ({
        facet,
        term,
        mark: isAccepted ? null : 'suggested',
        probability,
        decision: null
      }))
    ]
  })
}

/** Whether a term is part of the description: a person accepted it. */
export function isDescription({ mark }: MarkedTerm): boolean {
  return mark === null || mark === 'probable'
}

/** The words of a mark, as `suggested, 0.83`; empty for a term that is certain. */
export function markWords({ mark, probability }: Pick<MarkedTerm, 'mark' | 'probability'>, language: Language): string {
  if (mark === null) return ''
  const name = mark === 'probable' ? certaintyNames.probable[language] : termStateNames[mark][language]
  return mark === 'suggested' && probability !== null ? `${name}, ${probability.toFixed(2)}` : name
}

/** One sentence on terms that are no part of the description; empty if there are none. */
export function markedNote(terms: readonly MarkedTerm[], language: Language): string {
  const begin = { ca: 'Termes que ningú no ha acceptat', en: 'Terms that nobody has accepted' }[language]
  const parts = terms
    .filter((each) => !isDescription(each))
    .map((each) => `${facetNames[each.facet][language]}: ${labelIn(each.term.labels, language).text} (${markWords(each, language)})`)
  return parts.length === 0 ? '' : `${begin}: ${parts.join('; ')}`
}

/** A dating that is a year, a date or two years joined by a dash, as the dates between which it lies; else null. */
export function spanOf(dating: string): { from: string; to: string } | null {
  const [, from, to] = /^\s*(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:\s*[-–/]\s*(\d{4}))?\s*$/.exec(dating) ?? []
  return from === undefined ? null : { from, to: to ?? from }
}

/** Gives each path once: a second file of the same name, in any case, gets the number of its object. */
export function createPathNames(): (path: string, ending: string, record: ExportRecord) => string {
  const taken = new Set<string>()
  return (path, ending, record) => {
    const safe = path
      .split(/[/\\]/)
      .map((part) => part.replace(/[:*?"<>|\p{Cc}]/gu, '_').trim())
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/')
    const begin = safe === '' ? `object-${record.id}` : safe
    let name = begin
    for (let count = 1; taken.has(name.toLowerCase()); count++) name = `${begin}-${record.id}${count === 1 ? '' : `-${count}`}`
    taken.add(name.toLowerCase())
    return name + ending
  }
}
