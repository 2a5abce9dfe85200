import type { ExchangeProblem, ValidationReport } from '../../../../shared/model/exchange.ts'
import { AppError } from '../../../../shared/errors.ts'
import { ReportBuilder } from '../report.ts'
import type { XmlChecker } from './protocol.ts'
import { splitLido, type LidoFrame, type LidoPiece } from './split-lido.ts'

/** Records that are checked together: few enough for little memory, enough that the frame around them weighs nothing. */
const chunkRecords = 100
const chunkLength = 1 << 20

/** Identifiers that are kept to find repeated ones: some 200 MB. */
const mostIds = 1_000_000

/**
 * Validates a LIDO 1.0 or 1.1 file of any size against the LIDO 1.1 schema and its Schematron rules. Throws the AppErrors
 * of `splitLido`. The Schematron rules are those of LIDO 1.1: for records that declare 1.0 they are warnings. Malformed XML among the records is reported together with the findings before it.
 */
export async function validateLido(file: string, validator: XmlChecker): Promise<ValidationReport> {
  const report = new ReportBuilder()
  const ids = new Set<string>()
  let frame: LidoFrame = { head: '', tail: '' }
  let chunk: LidoPiece[] = []
  let length = 0
  const check = async (): Promise<void> => {
    if (chunk.length > 0) await checkChunk(validator, frame, chunk, report, ids)
    chunk = []
    length = 0
  }
  try {
    for await (const piece of splitLido(file, (found) => (frame = found))) {
      chunk.push(piece)
      length += piece.text.length
      if (chunk.length >= chunkRecords || length >= chunkLength) await check()
    }
    await check()
    if (ids.size >= mostIds)
      report.add([{ ...nowhere, severity: 'warning', field: 'lidoRecID', code: 'validate.tooManyIds', data: { file, count: mostIds } }])
    if (report.report().records === 0) report.add([{ ...nowhere, field: 'lidoWrap', code: 'validate.noRecords', data: { file } }])
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'validate.notWellFormed') throw error
    await check()
    report.add([{ ...nowhere, code: error.code, data: error.data, line: Number(error.data['line']) }])
  }
  return report.report()
}

const xmlDeclaration = /^\uFEFF?<\?xml[^>]*\?>/

const nowhere: ExchangeProblem = { severity: 'error', objectId: null, record: '', field: '', code: '', data: {}, line: null }

async function checkChunk(
  validator: XmlChecker,
  frame: LidoFrame,
  pieces: readonly LidoPiece[],
  report: ReportBuilder,
  ids: Set<string>
): Promise<void> {
  const text = frame.head + pieces.map((piece) => piece.text).join('') + frame.tail
  // The text is decoded, so the encoding that it declares is no longer its own.
  const findings = await validator.check(text.replace(xmlDeclaration, (declaration) => declaration.replace(/[^\n]/g, '')))
  const is10 = text.includes('lido-v1.0.xsd')
  const first = pieces[0]?.line ?? 1
  // The head may hold line breaks of its own; in the chunk the records follow it.
  const lead = frame.head.split('\n').length - 1
  pieces.forEach((piece, index) => {
    const next = pieces[index + 1]?.line ?? Infinity
    const problems = findings.flatMap(({ severity, line, field, code, data }): ExchangeProblem[] => {
      const inFile = line - lead + first - 1
      const here = (inFile >= piece.line || index === 0) && inFile < next
      const level = is10 && code.startsWith('validate.sch_') ? 'warning' : severity
      return here ? [{ severity: level, objectId: null, record: piece.id, field, code, data, line: inFile }] : []
    })
    if (piece.id !== '' && ids.has(piece.id)) {
      problems.push({
        ...nowhere,
        record: piece.id,
        field: 'lidoRecID',
        code: 'validate.repeatedId',
        data: { id: piece.id },
        line: piece.line
      })
    }
    if (ids.size < mostIds) ids.add(piece.id)
    report.record(problems)
  })
}
