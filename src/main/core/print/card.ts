import { facets, type Facet, type Language } from '../../../shared/model/facet.ts'
import { facetNames, facetStateNames, objectHeadings, statusNames } from '../exchange/headings.ts'
import { firstOfImages, type ExportAnnotation, type ExportRecord } from '../exchange/export-record.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import type { PrintDocument } from './document.ts'
import { dayIn, printWords } from './words.ts'

/** Maximum height of the picture, in points. */
const pictureHeight = 300

/** The content of a card, besides its picture. */
export interface CardPicture {
  /** A JPEG, or null if the catalogue has none any more. */
  readonly file: string | null
}

/** Sets the record card of an object on its own page, or on several if its terms and notes need them. */
export function setCard(document: PrintDocument, record: ExportRecord, picture: CardPicture, language: Language): void {
  const { pdf, area } = document
  const width = area.right - area.left
  document.addPage()
  pdf.font('bold').fontSize(18).text(record.label, { width })
  const title = firstOfImages(record, 'title')
  if (title !== null) pdf.font('text').fontSize(12).text(title, { width })
  pdf.font('text').fontSize(9).fillColor('#555555').text(`${printWords.card[language]} · ${statusNames[record.status][language]}`)
  pdf.fillColor('black').moveDown(0.8)
  setPicture(document, picture, language)
  for (const facet of facets) setFacet(document, record, facet, language)
  setFields(document, record, language)
}

function setPicture({ pdf, area }: PrintDocument, { file }: CardPicture, language: Language): void {
  const width = area.right - area.left
  const top = pdf.y
  if (file === null) {
    pdf.font('text').fontSize(10).text(printWords.noPicture[language], area.left, top)
    pdf.moveDown(1)
    return
  }
  // Placed where the text is, the picture moves it down by its own height.
  pdf.image(file, area.left, top, { fit: [width, pictureHeight] })
  pdf.x = area.left
  pdf.y += 14
}

/** Starts a new page unless `height` points fit below. */
function makeRoom(document: PrintDocument, height: number): void {
  if (document.pdf.y + height > document.area.bottom) document.addPage()
}

function setFacet(document: PrintDocument, record: ExportRecord, facet: Facet, language: Language): void {
  const { pdf, area } = document
  const { accepted, state } = record.facets[facet]
  makeRoom(document, 40)
  pdf.font('bold').fontSize(11).text(facetNames[facet][language], area.left, pdf.y, { continued: true })
  pdf.font('text').fontSize(8).fillColor('#555555').text(`   ${facetStateNames[state][language]}`).fillColor('black')
  if (accepted.length === 0) pdf.fontSize(9).text(printWords.noTerms[language], area.left + 8)
  for (const annotation of accepted) setTerm(document, annotation, language)
  pdf.moveDown(0.7)
}

/** A line: the term, its id in the AAT, and who took it when. */
function setTerm(document: PrintDocument, { term, author, at, by, certainty }: ExportAnnotation, language: Language): void {
  const { pdf, area } = document
  const columns = { term: area.left + 8, id: area.left + 250, who: area.left + 330 }
  const label = labelIn(term.labels, language).text + (certainty === 'probable' ? ` (${printWords.probable[language]})` : '')
  const who = [author, by === 'rule' ? printWords.byRule[language] : '', dayIn(language, new Date(at))]
    .filter((part) => part !== '')
    .join(', ')
  pdf.font('text').fontSize(10)
  const height = Math.max(pdf.heightOfString(label, { width: 234 }), pdf.heightOfString(who, { width: area.right - columns.who }))
  makeRoom(document, height)
  const top = pdf.y
  pdf.fontSize(10).text(label, columns.term, top, { width: 234 })
  pdf.fontSize(8).text(term.aatId === null ? '' : `aat:${term.aatId}`, columns.id, top + 1.5, { width: 76 })
  pdf.text(who, columns.who, top + 1.5, { width: area.right - columns.who })
  pdf.x = area.left
  pdf.y = top + height + 1
}

function setFields(document: PrintDocument, record: ExportRecord, language: Language): void {
  const { pdf, area } = document
  const fields = [
    [objectHeadings.note[language], record.note],
    [printWords.description[language], firstOfImages(record, 'description')],
    [printWords.creator[language], ofImages(record, 'creator')],
    [printWords.date[language], ofImages(record, 'date')],
    [printWords.rights[language], ofImages(record, 'rights')],
    [objectHeadings.files[language], record.images.map(({ fileName }) => fileName).join(', ')]
  ] as const
  for (const [name, value] of fields) {
    if (value === null || value === '') continue
    pdf.font('text').fontSize(9)
    makeRoom(document, Math.min(pdf.heightOfString(value, { width: area.right - area.left - 130 }), 200))
    setLongText(document, name, value)
  }
}

/** The first image's value of a field that has one. */
function ofImages({ images }: ExportRecord, field: 'creator' | 'date' | 'rights'): string | null {
  return images.map(({ metadata }) => metadata[field]).find((value) => value !== null && value !== '') ?? null
}

/** A field whose value may be longer than the page. */
function setLongText(document: PrintDocument, name: string, value: string): void {
  const { pdf, area } = document
  const [left, width] = [area.left + 130, area.right - area.left - 130]
  pdf.font('bold').fontSize(9).text(name, area.left, pdf.y, { width: 120 })
  pdf.moveUp(pdf.heightOfString(name, { width: 120 }) / pdf.currentLineHeight(true))
  pdf.font('text')
  let top = pdf.y
  for (const line of linesOf(pdf, value, width)) {
    if (top + pdf.currentLineHeight(true) > area.bottom) {
      document.addPage()
      pdf.font('text').fontSize(9)
      top = pdf.y
    }
    pdf.text(line, left, top, { lineBreak: false })
    top += pdf.currentLineHeight(true)
  }
  pdf.x = area.left
  pdf.y = top + 4
}

/** Breaks a text into lines of a width, between words, and within a word that is wider. */
function linesOf(pdf: PDFKit.PDFDocument, text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split(/\r?\n/)) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (pdf.widthOfString(longer) <= width) {
        line = longer
        continue
      }
      if (line !== '') lines.push(line)
      line = word
      while (pdf.widthOfString(line) > width) {
        let fits = line.length - 1
        while (fits > 1 && pdf.widthOfString(line.slice(0, fits)) > width) fits -= 1
        lines.push(line.slice(0, fits))
        line = line.slice(fits)
      }
    }
    lines.push(line)
  }
  return lines
}
