import type { ExchangeProblem } from '../../../../shared/model/exchange.ts'

/** Findings of one kind: at least one. */
export type ProblemGroup = readonly [ExchangeProblem, ...ExchangeProblem[]]

/** Groups findings of the same severity, field and sentence, in the order of their first records. */
export function groupProblems(problems: readonly ExchangeProblem[]): ProblemGroup[] {
  const groups = new Map<string, [ExchangeProblem, ...ExchangeProblem[]]>()
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.code} ${problem.field}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [problem])
    else group.push(problem)
  }
  return [...groups.values()]
}
