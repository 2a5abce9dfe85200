import type { ExchangeProblem } from '../../../shared/model/exchange.ts'
import type { ExportRecord } from './export-record.ts'
import { lidoRecord } from './lido-record.ts'
import { problemOf, type ExportContext, type RecordWriter, type WrittenRecord } from './record-writer.ts'
import type { LidoValidator } from './validation/validator.ts'
import { escapeXml } from './xml.ts'

const wrap =
  '<lido:lidoWrap xmlns:lido="http://www.lido-schema.org" xmlns:skos="http://www.w3.org/2004/02/skos/core#"' +
  ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
  ' xsi:schemaLocation="http://www.lido-schema.org http://www.lido-schema.org/schema/v1.1/lido-v1.1.xsd">\n'
const wrapEnd = '</lido:lidoWrap>\n'

/**
 * LIDO 1.1, one record a line. Every page is validated against the schema (XSD and Schematron) as it will stand in the
 * file, before any of it is written. Closing the writer closes the validator.
 */
export function createLidoWriter(context: ExportContext, validator: LidoValidator): RecordWriter {
  return {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<!-- ${commentText(context.attribution)} -->\n${wrap}`,
    tail: wrapEnd,
    write: (records) => writePage(records, context, validator),
    close: () => validator.close()
  }
}

async function writePage(records: readonly ExportRecord[], context: ExportContext, validator: LidoValidator): Promise<WrittenRecord[]> {
  const made = records.map((record) => ({ record, ...lidoRecord(record, context) }))
  const sound = made.filter(({ problems }) => problems.every(({ severity }) => severity !== 'error'))
  // A line break in the content of a record would be one in the file: each record stands on one line, which tells the records apart.
  const lines = sound.map(({ xml }) => `${xml.replaceAll('\n', '&#10;')}\n`)
  const found = new Map<ExportRecord, ExchangeProblem[]>()
  if (sound.length > 0) {
    for (const { line, severity, field, code, data } of await validator.check(wrap + lines.join('') + wrapEnd)) {
      const record = sound[line - 2]?.record ?? sound[0]?.record
      if (record === undefined) continue
      found.set(record, [...(found.get(record) ?? []), problemOf(record, severity, field, code, data)])
    }
  }
  const textOf = new Map(sound.map(({ record }, index) => [record, lines[index] ?? '']))
  return made.map(({ record, problems }) => ({
    record,
    text: textOf.get(record) ?? '',
    problems: [...problems, ...(found.get(record) ?? [])]
  }))
}

/** Text for a comment, which may hold no two hyphens in a row (XML 1.0, section 2.5). */
function commentText(text: string): string {
  return escapeXml(text).replace(/-(?=-)|-$/g, '- ')
}
