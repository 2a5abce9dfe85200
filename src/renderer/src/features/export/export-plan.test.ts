import { describe, expect, it } from 'vitest'
import {
  dataFormats,
  exportCounts,
  exportFileName,
  exportOptions,
  isPrintOptions,
  isTable,
  joinPath,
  type ExportChoice,
  type OutputFormat
} from './export-plan.ts'
import { problemsCsv } from './problems-csv.ts'

const choice: ExportChoice = {
  format: 'lido',
  scope: 'all',
  what: 'accepted',
  separator: ';',
  language: 'ca',
  leaveOutInvalid: true,
  unofficialLabels: false,
  folder: ''
}
const report = (records: number, valid: number) => ({ records, valid, errors: records - valid, warnings: 0, problems: [] })

describe('exportOptions', () => {
  it('leaves the file to the catalogue unless a folder was chosen', () => {
    expect(exportOptions(choice, { ids: null, count: 5 }, 'a.xml')).toMatchObject({ file: null, objectIds: null })
    expect(exportOptions({ ...choice, folder: ' /x ' }, { ids: [3], count: 1 }, 'a.xml')).toMatchObject({
      file: '/x/a.xml',
      objectIds: [3]
    })
  })

  it('asks for a PDF with what concerns a PDF', () => {
    const options = exportOptions({ ...choice, format: 'card', folder: '/x' }, { ids: [3], count: 1 }, 'a.pdf')
    expect(options).toEqual({ format: 'card', objectIds: [3], file: '/x/a.pdf', language: 'ca' })
    expect([isPrintOptions(options), isPrintOptions(exportOptions(choice, { ids: null, count: 1 }, 'a'))]).toEqual([true, false])
  })

  it('asks for a separator where there are columns to keep apart', () => {
    expect(dataFormats.filter(isTable)).toEqual(['csv', 'csv-long'])
  })

  it('joins paths as their system writes them', () => {
    expect(joinPath('D:\\export', 'a.xml')).toBe('D:\\export\\a.xml')
    expect(joinPath('D:\\', 'a.xml')).toBe('D:\\a.xml')
    expect(joinPath('/x/', 'a.xml')).toBe('/x/a.xml')
  })

  it('names files so that every system takes them', () => {
    expect(exportFileName('Fons: A/B?', 'lido', new Date(2026, 2, 3))).toBe('Fons_ A_B_-lido-2026-03-03.xml')
    expect(exportFileName('Ceràmica', 'card', new Date(2026, 10, 30), 'fitxes')).toBe('Ceràmica-fitxes-2026-11-30.pdf')
    expect(exportFileName('Ceràmica', 'csv-long', new Date(2026, 10, 30))).toBe('Ceràmica-csv-long-2026-11-30.csv')
    const ending = (format: OutputFormat): string =>
      exportFileName('C', format, new Date(2026, 10, 30))
        .split('.')
        .at(-1) ?? ''
    expect(dataFormats.map(ending)).toEqual(['xml', 'csv', 'csv', 'csv', 'rdf', 'zip', 'zip', 'zip'])
  })
})

describe('exportCounts', () => {
  const all = { ids: null, count: 10 }
  it('says what the button will do', () => {
    expect(exportCounts(choice, all, null)).toEqual({ written: 10, leftOut: 0 })
    expect(exportCounts(choice, all, report(10, 10))).toEqual({ written: 10, leftOut: 0 })
    expect(exportCounts(choice, all, report(10, 8))).toEqual({ written: 8, leftOut: 2 })
  })

  it('writes nothing where errors are not to be left out, or all have errors', () => {
    expect(exportCounts({ ...choice, leaveOutInvalid: false }, all, report(10, 8))).toBeNull()
    expect(exportCounts(choice, all, report(10, 0))).toBeNull()
  })
})

describe('problemsCsv', () => {
  it('is safe in Excel: byte order mark, quotes, formulas defused, line breaks kept in their cell', () => {
    const problem = { severity: 'error' as const, objectId: 1, record: '=1+1', field: 'a "b"', code: 'x', data: {}, line: null }
    const text = problemsCsv([problem], ['R', 'F', 'S', 'W'], { error: 'Error', warning: 'Avís' }, () => 'dues\nlínies; i més')
    expect(text).toBe('\uFEFF"R";"F";"S";"W"\r\n"\'=1+1";"a ""b""";"Error";"dues\nlínies; i més"\r\n')
  })
})
