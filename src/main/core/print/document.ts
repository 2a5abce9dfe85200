import { join } from 'node:path'
import PDFDocument from 'pdfkit'
import type { Language } from '../../../shared/model/facet.ts'
import { dayIn, printWords } from './words.ts'

/** Points; 72 are an inch. A4 is 595 × 842. */
export const margin = 48

/** Content of every page. */
export interface PageFrame {
  readonly title: string
  readonly language: Language
  readonly institution: string
  readonly catalogueName: string
  readonly attribution: string
  readonly now: Date
}

/** A PDF that is being written. Its bytes are returned while pages are added, so that a long document is never held in memory. */
export interface PrintDocument {
  readonly pdf: PDFKit.PDFDocument
  /** Left and right edge of the text, and the line below which nothing is set. */
  readonly area: { readonly left: number; readonly right: number; readonly bottom: number }
  addPage(): void
  /** The bytes made since the last call. */
  drain(): Buffer
  /** Ends the document. @returns the rest of its bytes */
  end(): Promise<Buffer>
}

const grey = '#555555'
const footerHeight = 36

/** Starts an A4 document with a header and footer on every page, in fonts that hold Latin, Greek and Cyrillic. */
export function createDocument(fontFolder: string, frame: PageFrame): PrintDocument {
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: margin, bottom: 0, left: margin, right: margin },
    autoFirstPage: false,
    lang: frame.language,
    displayTitle: true,
    info: { Title: frame.title, Creator: 'Fitxa', CreationDate: frame.now }
  })
  pdf.registerFont('text', join(fontFolder, 'DejaVuSansCondensed.ttf'))
  pdf.registerFont('bold', join(fontFolder, 'DejaVuSansCondensed-Bold.ttf'))
  let chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => pdf.once('end', resolve).once('error', reject))
  let pages = 0
  const { language } = frame
  const area = { left: margin, right: 595.28 - margin, bottom: 841.89 - margin - footerHeight }
  const width = area.right - area.left

  function addPage(): void {
    pdf.addPage()
    pages += 1
    pdf.font('text').fontSize(8).fillColor(grey)
    pdf.text(frame.institution, area.left, 28, { width: width / 2, lineBreak: false, ellipsis: true, height: 10 })
    pdf.text(frame.catalogueName, area.left + width / 2, 28, { width: width / 2, align: 'right', height: 10, ellipsis: true })
    const foot = area.bottom + 12
    pdf
      .moveTo(area.left, foot - 4)
      .lineTo(area.right, foot - 4)
      .lineWidth(0.5)
      .strokeColor('#bbbbbb')
      .stroke()
    pdf.fontSize(6.5).text(frame.attribution, area.left, foot, { width: width - 150, height: 24, ellipsis: true })
    const printed = `${printWords.printed[language]} ${dayIn(language, frame.now)}, ${printWords.page[language]} ${pages}`
    pdf.text(printed, area.right - 140, foot, { width: 140, align: 'right', height: 24 })
    pdf.fillColor('black').fontSize(10)
    pdf.x = area.left
    pdf.y = margin
  }

  function drain(): Buffer {
    const made = Buffer.concat(chunks)
    chunks = []
    return made
  }

  return {
    pdf,
    area,
    addPage,
    drain,
    end: async () => {
      pdf.end()
      await ended
      return drain()
    }
  }
}
