import type { ExchangeProblem, ValidationReport } from '../../../shared/model/exchange.ts'

/** How many errors and how many warnings a report holds; further ones are only counted. Errors are counted separately, so that many warnings cannot hide them. */
const kept = 500

/** Gathers what a validation finds. */
export class ReportBuilder {
  #records = 0
  #valid = 0
  #errors = 0
  #warnings = 0
  readonly #problems: ExchangeProblem[] = []

  /** Counts a record with what was found in it. Returns whether it is valid: warnings do not make a record invalid. */
  record(problems: readonly ExchangeProblem[]): boolean {
    const valid = problems.every((problem) => problem.severity !== 'error')
    this.#records++
    if (valid) this.#valid++
    this.add(problems)
    return valid
  }

  /** Adds findings that belong to the whole file, or to a record already counted. */
  add(problems: readonly ExchangeProblem[]): void {
    for (const problem of problems) {
      const before = problem.severity === 'error' ? this.#errors++ : this.#warnings++
      if (before < kept) this.#problems.push(problem)
    }
  }

  report(): ValidationReport {
    return { records: this.#records, valid: this.#valid, errors: this.#errors, warnings: this.#warnings, problems: [...this.#problems] }
  }
}
