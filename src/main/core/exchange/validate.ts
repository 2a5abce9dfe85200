import type { ValidationReport } from '../../../shared/model/exchange.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { beginningOf } from './validation/split-lido.ts'
import { validateEufcc } from './validation/validate-eufcc.ts'
import { startLidoValidator } from './validation/validator.ts'

/**
 * Validates a file of one of the exchange formats: a LIDO 1.0 or 1.1 file, or a CSV in the dialect of the dataset. What
 * begins with its column `idInSource`, or is called .csv, is taken for the latter. Nothing outside the file is read.
 * Throws an AppError `validate.…` for a file that is neither.
 */
export async function validateFile(
  file: string,
  { vocabulary, schemaFolder }: { vocabulary: Pick<Vocabulary, 'has'>; schemaFolder: string }
): Promise<ValidationReport> {
  const begin = (await beginningOf(file)).toString('utf8').replace(/^\uFEFF/, '')
  const isCsv =
    !begin.trimStart().startsWith('<') && (file.toLowerCase().endsWith('.csv') || begin.split('\n')[0]?.includes('idInSource') === true)
  if (isCsv) return validateEufcc(file, vocabulary)
  const validator = startLidoValidator(schemaFolder)
  try {
    return await validator.validate(file)
  } finally {
    await validator.close()
  }
}
