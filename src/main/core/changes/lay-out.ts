import type { ChangeProfile, ChangeValue, TermChange } from '../../../shared/model/changes.ts'
import { facetOf, facets, type Language } from '../../../shared/model/facet.ts'
import type { Term } from '../../../shared/model/term.ts'
import { termOf, type TermSource } from '../annotation/hydrate.ts'
import { aatUri } from '../exchange/aat.ts'
import { certaintyNames, facetNames } from '../exchange/headings.ts'
import { element, escapeXml } from '../exchange/xml.ts'
import { byteOrderMark, csvRows, nameCell, textCell } from '../lib/csv-text.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import type { ChangedObject, StoredTermChange } from './operations.ts'

const changeNames: Record<TermChange, Record<Language, string>> = {
  added: { ca: 'afegit', en: 'added' },
  removed: { ca: 'tret', en: 'removed' },
  changed: { ca: 'canviat', en: 'changed' }
}

/** A difference file as text: the text before the rows, the rows of each object, and the text after them. */
export interface Layout {
  readonly head: string
  readonly tail: string
  rows(objects: readonly ChangedObject[]): string
}

/** Formats changes according to a profile. In CSV, multiple values share a cell; in XML, each has its own element. */
export function layOut(profile: ChangeProfile, vocabulary: TermSource): Layout {
  const { format, rows, columns, separator, joiner, root, record } = profile
  const cellsOf = (object: ChangedObject): string[][][] => {
    const changes = object.changes.filter(({ change }) => profile.changes.includes(change))
    if (changes.length === 0) return []
    const about = rows === 'term' ? changes.map((change) => [change]) : [changes]
    return about.map((each) => columns.map(({ value }) => valuesOf(value, object, each, profile, vocabulary)))
  }
  if (format === 'csv') {
    return {
      head: byteOrderMark + csvRows([columns.map(({ heading }) => textCell(heading))], separator),
      tail: '',
      rows: (objects) =>
        csvRows(
          objects
            .flatMap(cellsOf)
            .map((cells) =>
              cells.map((values, index) =>
                profile.spreadsheet ? cellText(columns[index]?.value, values.join(joiner)) : values.join(joiner)
              )
            ),
          separator
        )
    }
  }
  const names = columns.map(({ heading }) => xmlName(heading))
  return {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>\n`,
    tail: `</${root}>\n`,
    rows: (objects) =>
      objects
        .flatMap(cellsOf)
        .map(
          (cells) =>
            element(
              record,
              {},
              ...cells.flatMap((values, index) => values.map((text) => element(names[index] ?? '', {}, escapeXml(text))))
            ) + '\n'
        )
        .join('')
  }
}

/** Numbers and names stay unchanged, character for character; lists and words are running text. */
function cellText(value: ChangeValue | undefined, text: string): string {
  return value === 'number' || value === 'files' ? nameCell(text) : textCell(text)
}

/** A heading as the name of an XML element. */
function xmlName(heading: string): string {
  const name = heading.trim().replace(/[^\p{L}\p{N}_.-]+/gu, '_')
  return /^[\p{L}_]/u.test(name) ? name : `_${name}`
}

function valuesOf(
  value: ChangeValue,
  object: ChangedObject,
  changes: readonly StoredTermChange[],
  profile: ChangeProfile,
  vocabulary: TermSource
): string[] {
  const { language } = profile
  const [list, facetName] = value.split('.')
  const facet = facets.find((name) => name === facetName)
  if (facet !== undefined) {
    const keys =
      list === 'accepted'
        ? object.accepted.filter((term) => term.facet === facet).map(({ key }) => key)
        : changes.filter((change) => change.facet === facet && change.change === list).map(({ key }) => key)
    return keys.map((key) => named(termOf(vocabulary, key), profile))
  }
  const last = changes.reduce((newest, change) => (change.when > newest.when ? change : newest))
  switch (value) {
    case 'number':
      return [object.number ?? '']
    case 'objectId':
      return [String(object.id)]
    case 'files':
      return [...object.files]
    case 'who':
      return [last.who]
    case 'when':
      return [last.when]
  }
  const term = termOf(vocabulary, last.key)
  switch (value) {
    case 'change':
      return [changeNames[last.change][language]]
    case 'facet':
      return [facetNames[facetOf(last.key)][language]]
    case 'term':
      return [labelIn(term.labels, language).text]
    case 'termCa':
      return [term.labels.ca ?? '']
    case 'termEn':
      return [term.labels.en ?? '']
    case 'uri':
      return [uriOf(term)]
    case 'aatId':
      return [term.aatId ?? '']
    case 'path':
      return [term.path.map((labels) => labelIn(labels, language).text).join(' | ')]
    case 'certainty':
      return [last.change === 'removed' ? '' : certaintyNames[last.certainty][language]]
  }
  return []
}

const uriOf = ({ aatId }: Term): string => (aatId === null ? '' : aatUri(aatId))

/** A term in a list; one without an AAT id has only its label. */
function named(term: Term, { termsAs, language }: ChangeProfile): string {
  const label = labelIn(term.labels, language).text
  const uri = uriOf(term)
  if (termsAs === 'label' || uri === '') return label
  return termsAs === 'uri' ? uri : `${uri} ${label}`
}
