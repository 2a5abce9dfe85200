import { join } from 'node:path'
import { Cancelled } from '../../../shared/errors.ts'
import { printOptionsSchema } from '../../../shared/model/print.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { recordPages, type ExportParts } from '../exchange/export.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import { writeExportFile } from '../exchange/export-file.ts'
import type { ExportRecord } from '../exchange/export-record.ts'
import { setCard } from './card.ts'
import { createContactSheet } from './contact-sheet.ts'
import { createDocument } from './document.ts'
import { printWords } from './words.ts'

/** Services that printing needs besides those of exports. */
export interface PrintParts extends ExportParts {
  readonly fontFolder: string
  /** The file of a kept picture, a JPEG; null if it cannot be had. */
  picture(sha256: string, size: 'thumb' | 'screen'): Promise<string | null>
}

/** Whether a job of the kind `export` makes a PDF. */
export const isPrintJob = (options: unknown): boolean => printOptionsSchema.safeParse(options).success

/**
 * Writes a PDF as a job. Its result names the file and its number of objects. The file is put in place only when it is complete; a
 * resumed job starts again.
 */
export function createPrintRunner(parts: PrintParts): JobRunner {
  return { kind: 'export', run: (context, options) => print(parts, printOptionsSchema.parse(options), context) }
}

async function print(parts: PrintParts, options: ReturnType<typeof printOptionsSchema.parse>, context: JobContext): Promise<JobResult> {
  const { catalogue, settings, vocabulary } = parts
  const { format, language } = options
  context.setTotal(options.objectIds?.length ?? (await catalogue.read('exportCount')))
  const document = createDocument(parts.fontFolder, {
    title: `${printWords[format][language]} · ${catalogue.name}`,
    language,
    institution: settings().institution,
    catalogueName: catalogue.name,
    attribution: vocabulary.attribution,
    now: new Date()
  })
  const sheet = createContactSheet(document, language)
  const pictureOf = async ({ images }: ExportRecord, size: 'thumb' | 'screen'): Promise<string | null> => {
    const [image] = images
    return image === undefined ? null : await parts.picture(image.sha256, size)
  }
  const target = { file: options.file, fallback: defaultFile(parts, options), overwrite: options.overwrite }
  const { file, filled: records } = await writeExportFile(catalogue, context, target, async (write) => {
    let printed = 0
    for await (const page of recordPages(parts, { objectIds: options.objectIds, what: 'accepted' })) {
      for (const record of page) {
        if (context.signal.aborted) throw new Cancelled()
        if (format === 'card') setCard(document, record, { file: await pictureOf(record, 'screen') }, language)
        else sheet.add(record, await pictureOf(record, 'thumb'))
        printed += 1
        await write(document.drain())
      }
      context.count('written', page.length)
    }
    // PDF readers do not open a document without pages.
    if (printed === 0) document.addPage()
    await write(await document.end())
    return printed
  })
  return { file, records, leftOut: 0 }
}

/** `<catalogue>/exports/<name>-<format>-<date and time>.pdf`: never the name of an earlier one. */
function defaultFile({ catalogue }: PrintParts, { format, language }: { format: 'card' | 'contactSheet'; language: 'ca' | 'en' }): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  const kind = printWords[format][language].toLowerCase().replaceAll(' ', '-')
  return join(cataloguePaths(catalogue.folder).exports, `${catalogue.name.replace(/[^\p{L}\p{N} _-]/gu, '_')}-${kind}-${time}.pdf`)
}
