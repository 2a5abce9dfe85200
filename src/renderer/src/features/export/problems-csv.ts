import type { ExchangeProblem } from '../../../../shared/model/exchange.ts'

/** A cell that Excel reads as text: quoted, and without a leading formula character. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

/** The findings of a validation as CSV with a byte order mark, sentences as the screen shows them. */
export function problemsCsv(
  problems: readonly ExchangeProblem[],
  headings: readonly [record: string, field: string, severity: string, words: string],
  severities: Record<ExchangeProblem['severity'], string>,
  words: (problem: ExchangeProblem) => string
): string {
  const lines = problems.map((each) => [each.record, each.field, severities[each.severity], words(each)])
  return `\uFEFF${[headings, ...lines].map((line) => line.map(cell).join(';')).join('\r\n')}\r\n`
}
