import { facets, type Language } from '../../../shared/model/facet.ts'
import type { ExportRecord } from '../exchange/export-record.ts'
import { statusNames } from '../exchange/headings.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import type { PrintDocument } from './document.ts'
import { printWords } from './words.ts'

const columns = 4
const rows = 5
const gap = 10
const pictureHeight = 88

/** Sets objects in a grid, twenty on a page: picture, number, status, and the terms that were accepted. */
export function createContactSheet(document: PrintDocument, language: Language) {
  const { pdf, area } = document
  const top = 56
  const width = (area.right - area.left - gap * (columns - 1)) / columns
  const height = (area.bottom - top) / rows
  let cell = 0

  return {
    /** Adds an object; `file` is a JPEG, or null if the catalogue has none any more. */
    add: (record: ExportRecord, file: string | null): void => {
      if (cell % (columns * rows) === 0) document.addPage()
      const place = cell % (columns * rows)
      cell += 1
      const left = area.left + (place % columns) * (width + gap)
      const above = top + Math.floor(place / columns) * height
      if (file === null)
        pdf
          .font('text')
          .fontSize(7)
          .text(printWords.noPicture[language], left, above + 36, { width, align: 'center' })
      else pdf.image(file, left, above, { fit: [width, pictureHeight], align: 'center', valign: 'center' })
      const line = (font: 'text' | 'bold', size: number, text: string, y: number, lines = 1): void => {
        pdf
          .font(font)
          .fontSize(size)
          .text(text, left, y, { width, height: size * 1.25 * lines, ellipsis: true })
      }
      const terms = facets.flatMap((facet) => record.facets[facet].accepted.map(({ term }) => labelIn(term.labels, language).text))
      line('bold', 8.5, record.label, above + pictureHeight + 4)
      line('text', 7, statusNames[record.status][language], above + pictureHeight + 15)
      line('text', 7, terms.join(', '), above + pictureHeight + 25, 3)
    }
  }
}
