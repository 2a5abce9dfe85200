import { expect, it } from 'vitest'
import type { ExchangeProblem } from '../../../shared/model/exchange.ts'
import { ReportBuilder } from './report.ts'

const finding = (record: number, severity: ExchangeProblem['severity']): ExchangeProblem => ({
  severity,
  objectId: record,
  record: `MUS ${record}`,
  field: 'recordSource',
  code: severity === 'error' ? 'export.noObjectType' : 'export.noInstitution',
  data: {},
  line: null
})

it('lists errors that come after hundreds of warnings, and counts what it does not list', () => {
  const builder = new ReportBuilder()
  for (let record = 1; record <= 700; record++) builder.record([finding(record, 'warning')])
  builder.record([finding(701, 'warning'), finding(701, 'error')])
  const report = builder.report()
  expect(report).toMatchObject({ records: 701, valid: 700, errors: 1, warnings: 701 })
  expect(report.problems.filter(({ severity }) => severity === 'error').map(({ record }) => record)).toEqual(['MUS 701'])
  expect(report.problems).toHaveLength(501)
})
