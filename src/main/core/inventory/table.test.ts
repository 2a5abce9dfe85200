import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { xlsx } from '../../../../tests/fixtures/inventory/spreadsheet.ts'
import { readTable, type Table } from './table.ts'

async function read(content: string | Buffer, sheet: string | null = null, name = 'inventari.csv'): Promise<Table> {
  const file = join(temporaryFolder(), name)
  await writeFile(file, content)
  return readTable(file, sheet)
}

const heading = ['Número', 'Títol', 'Data']
const rows = [
  ['0001', 'Gerro; amb nansa', '1888'],
  ['2', 'Plat\nd’argent', '']
]

it.each([
  ['semicolons', 'Número;Títol;Data\r\n0001;"Gerro; amb nansa";1888\r\n2;"Plat\nd’argent";\r\n'],
  ['commas and a byte order mark', '\ufeffNúmero,Títol,Data\n0001,Gerro; amb nansa,1888\n2,"Plat\nd’argent",\n'],
  ['tabs', 'Número\tTítol\tData\n="0001"\tGerro; amb nansa\t1888\n\n2\t"Plat\nd’argent"'],
  ['UTF-16', Buffer.from('\ufeffNúmero;Títol;Data\n0001;"Gerro; amb nansa";1888\n2;"Plat\nd’argent"', 'utf16le')],
  ['an old code page', Buffer.from('Número;Títol;Data\n0001;"Gerro; amb nansa";1888\n2;"Plat\nd\x92argent"', 'latin1')]
])('reads CSV with %s', async (_, content) => {
  expect(await read(content)).toMatchObject({ sheets: [], sheet: null, columns: heading, rows })
})

it('reads XLSX: sheets by name, numbers as they are written, dates without a time zone', async () => {
  const file = xlsx({
    Portada: [['Museu']],
    Peces: [
      [],
      heading,
      ['0001', 'Gerro', { date: -1 + 3000 }],
      [12345678901234567890n.toString(), 'Plat', 1888],
      [null, 'Sense número', 0.1]
    ]
  })
  await expect(read(file, null, 'a.xlsx'), 'a sheet without rows').rejects.toMatchObject({ code: 'inventory.noRows' })
  expect(await read(file, 'Peces', 'a.xlsx')).toMatchObject({
    sheets: ['Portada', 'Peces'],
    sheet: 'Peces',
    columns: heading,
    rows: [
      ['0001', 'Gerro', '1908-03-17'],
      ['12345678901234567890', 'Plat', '1888'],
      ['', 'Sense número', '0.1']
    ]
  })
  await expect(read(file, 'Full 3', 'a.xlsx')).rejects.toMatchObject({ code: 'inventory.noSheet', data: { sheet: 'Full 3' } })
})

it.each([
  ['a broken XLSX', Buffer.from('PK\x03\x04 and nothing more'), 'inventory.badXlsx'],
  ['an XLS', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), 'inventory.oldExcel'],
  ['a CSV with a quote that is never closed', 'a;b\n"1;2\n', 'inventory.badCsv'],
  ['an empty file', '', 'inventory.noRows'],
  ['a heading alone', 'a;b\n', 'inventory.noRows'],
  ['two columns of one name', 'a; a\n1;2\n', 'inventory.repeatedColumn']
])('refuses %s', async (_, content, code) => {
  await expect(read(content)).rejects.toMatchObject({ code, data: { file: expect.stringContaining('inventari.csv') } })
})

it('says where there is no file', async () => {
  await expect(readTable(join(temporaryFolder(), 'none.csv'), null)).rejects.toMatchObject({ code: 'inventory.fileMissing' })
  await expect(readTable(temporaryFolder(), null)).rejects.toMatchObject({ code: 'inventory.fileUnreadable' })
})
