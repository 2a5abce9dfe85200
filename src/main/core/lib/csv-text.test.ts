import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { csvRows, fromCell, nameCell, textCell } from './csv-text.ts'

const texts = [
  '',
  'gerro',
  'plat «blau», amb nansa',
  '=SUM(A1:A9)',
  '+34 93 000',
  '-5',
  '@dinar',
  '\tcel·la',
  '\rretorn',
  '＝cmd',
  '\n=SUM(A1:A9)',
  ' \r\n +1',
  '\u00a0@dinar',
  "'=ja defusat",
  "''@dos",
  "'cita' simple",
  '="0012"',
  'línia 1\nlínia 2\r\nlínia 3',
  'cometes "dobles"; punts i comes, comes',
  '  espais  ',
  'à'.repeat(20000)
]

describe('cells', () => {
  test.each(texts)('of text come back as they were: %j', (text) => {
    expect(fromCell(textCell(text))).toBe(text)
    expect(textCell(text)).not.toMatch(/^(?:[\t\r]|\s*[=+\-@＝＋－＠])/)
  })

  test.each(['0012', '12', '1/2', '3-4', '1E5', '12.5', '1,5', '12 mar', 'MAR1', 'gen-24', '2024.01.02', '12:30', '12345678901234567890'])(
    'with a name that a spreadsheet would change are written as a formula of that text: %s',
    (name) => {
      expect(nameCell(name)).toBe(`="${name}"`)
      expect(fromCell(nameCell(name))).toBe(name)
      // What a spreadsheet program saves is the value of the formula.
      expect(fromCell(name)).toBe(name)
    }
  )

  test.each(['MUS 1240', 'A-12', 'MEB.2019.14-b', 'IMG_0001.jpg', ''])('with other names stay plain: %s', (name) => {
    expect(nameCell(name)).toBe(name)
  })

  test('with names that begin like a formula are defused', () => {
    expect(nameCell('=1+1')).toBe("'=1+1")
    expect(nameCell('-12a')).toBe("'-12a")
    expect(fromCell(nameCell('@12'))).toBe('@12')
  })
})

test.each([';', ',', '\t'])('rows with any text come back with the separator %j', (separator) => {
  const rows = [texts.map(textCell), texts.map(nameCell)]
  const text = csvRows(rows, separator)
  expect(text.endsWith('\r\n')).toBe(true)
  expect(parse(text, { delimiter: separator, recordDelimiter: '\r\n' })).toEqual(rows)
})

test('control characters and halves of surrogate pairs do not reach the file', () => {
  expect(csvRows([['a\u0000b', '\ud800c', 'd\udc00', 'l\u001b[1m', 'fi😀', 'x\ty\r\nz']], ';')).toBe(
    'a\ufffdb;\ufffdc;d\ufffd;l\ufffd[1m;fi😀;"x\ty\r\nz"\r\n'
  )
})
