import { expect, it } from 'vitest'
import type { ExchangeProblem } from '../../../../shared/model/exchange.ts'
import { groupProblems } from './group-problems.ts'

const problem = (record: string, code: string, severity: ExchangeProblem['severity'] = 'error'): ExchangeProblem => ({
  severity,
  objectId: 1,
  record,
  field: 'objectWorkType',
  code,
  data: {},
  line: null
})

it('says once what holds for many records, and keeps apart what differs', () => {
  const groups = groupProblems([problem('A', 'x'), problem('A', 'y'), problem('B', 'x'), problem('C', 'x', 'warning')])
  expect(groups.map((group) => group.map(({ record }) => record).join())).toEqual(['A,B', 'A', 'C'])
})
