/** Checks LIDO texts and files in a process of its own: whatever a file does to it, nothing else ends. */
import { AppError } from '../../../../shared/errors.ts'
import type { Finding } from './finding.ts'
import { loadLidoSchema } from './lido-schema.ts'
import type { ValidationAnswer, ValidationQuestion } from './protocol.ts'
import { validateLido } from './validate-lido.ts'

const schema = loadLidoSchema(process.argv[2] ?? '')
const check = (xml: string): Promise<Finding[]> => Promise.resolve(schema.check(xml))

async function answerTo(question: ValidationQuestion): Promise<ValidationAnswer> {
  try {
    return 'xml' in question ? { findings: schema.check(question.xml) } : { report: await validateLido(question.file, { check }) }
  } catch (error) {
    if (error instanceof AppError) return { refused: { code: error.code, data: error.data } }
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

let last: Promise<unknown> = Promise.resolve()
process.on('message', (question: ValidationQuestion) => {
  last = last.then(async () => process.send?.(await answerTo(question)))
})
process.on('disconnect', () => process.exit(0))
