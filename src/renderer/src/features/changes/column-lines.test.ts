import { expect, it } from 'vitest'
import { columnLines, columnsOf } from './column-lines.ts'

it('reads the lines that it writes, whatever the heading', () => {
  const columns = [
    { heading: 'Núm. = inventari', value: 'number' as const },
    { heading: 'URI', value: 'uri' as const }
  ]
  expect(columnsOf(`${columnLines(columns)}\n\n`, 'term')).toEqual({ columns })
})

it.each([
  ['number', 1],
  ['a = number\nb = material', 2],
  ['a = accepted.materials', 1],
  [' = number', 1],
  ['', 1]
])('names the line of %j that is no column', (text, badLine) => {
  expect(columnsOf(text, 'term')).toEqual({ badLine })
})
