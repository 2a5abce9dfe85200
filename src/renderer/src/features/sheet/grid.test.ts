import { describe, expect, it } from 'vitest'
import { fittingColumns, gridShape, moveInGrid } from './grid.ts'

const grid = { count: 20, columns: 6, page: 3 }
const move = (key: string, position: number, ctrl = false): number | null => moveInGrid(key, ctrl, position, grid)

describe('moveInGrid', () => {
  it('walks cell by cell through the rows', () => {
    expect(move('ArrowRight', 5)).toBe(6)
    expect(move('ArrowLeft', 6)).toBe(5)
    expect(move('ArrowLeft', 0)).toBe(0)
    expect(move('ArrowRight', 19)).toBe(19)
  })

  it('stays in its column up and down, and reaches the end of a short last row', () => {
    expect(move('ArrowDown', 2)).toBe(8)
    expect(move('ArrowUp', 8)).toBe(2)
    expect(move('ArrowUp', 3)).toBe(3)
    expect(move('ArrowDown', 17)).toBe(19)
    expect(move('ArrowDown', 19)).toBe(19)
  })

  it('turns pages of the rows in view', () => {
    expect(move('PageDown', 1)).toBe(19)
    expect(move('PageUp', 19)).toBe(1)
    expect(move('PageUp', 8)).toBe(2)
  })

  it('goes to the ends of the row, and with Ctrl of the set', () => {
    expect(move('Home', 9)).toBe(6)
    expect(move('End', 9)).toBe(11)
    expect(move('End', 18)).toBe(19)
    expect(move('Home', 9, true)).toBe(0)
    expect(move('End', 9, true)).toBe(19)
  })

  it('does not move for other keys, nor in an empty grid', () => {
    expect(move('a', 3)).toBeNull()
    expect(moveInGrid('ArrowDown', false, 0, { count: 0, columns: 6, page: 3 })).toBeNull()
  })
})

describe('gridShape and fittingColumns', () => {
  it('shows at least twelve cards at 1366 x 768 with the columns of a new installation', () => {
    const shape = gridShape(20_000, 6, 1366 - 240 - 40)
    expect(shape.rows).toBe(3334)
    expect(Math.floor(570 / shape.rowHeight) * shape.columns).toBeGreaterThanOrEqual(12)
  })

  it('takes fewer columns where the window is narrow, never none', () => {
    expect(fittingColumns(12, 1086)).toBe(11)
    expect(fittingColumns(6, 320)).toBe(3)
    expect(fittingColumns(6, 20)).toBe(1)
  })
})
