import type { ErrorData } from '../../../../shared/errors.ts'
import type { ValidationReport } from '../../../../shared/model/exchange.ts'
import type { Finding } from './finding.ts'

/** What the validation process is asked: to check an XML document, or a whole file. Answers come in the order of the questions. */
export type ValidationQuestion = { readonly xml: string } | { readonly file: string }

export type ValidationAnswer =
  | { readonly findings: Finding[] }
  | { readonly report: ValidationReport }
  | { readonly refused: { readonly code: string; readonly data: ErrorData } }
  | { readonly failure: string }

/** Checks XML documents against the LIDO schema. */
export interface XmlChecker {
  /** What is wrong with a document. */
  check(xml: string): Promise<Finding[]>
}
