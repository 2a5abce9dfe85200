/** Sizes of the grid of cards, in CSS pixels. */
export interface GridShape {
  readonly columns: number
  readonly rows: number
  readonly rowHeight: number
}

const gap = 8
const captionHeight = 46
/** Height of a picture's place as a share of its width: objects are photographed upright and across about equally often. */
const pictureShape = 0.84

/** The shape of a grid of `count` cards in `columns` columns within `width`. */
export function gridShape(count: number, columns: number, width: number): GridShape {
  const cell = Math.max(40, (width - gap * (columns - 1)) / columns)
  return { columns, rows: Math.ceil(count / columns), rowHeight: Math.round(cell * pictureShape) + captionHeight + gap }
}

/** Width of the grid in the window for which the number of columns is set: 1366 px less the filters. */
const usualWidth = 1126

/** Columns in a window of any width, so that cards keep about the size that was set: a wide window shows more of them. */
export function columnsFor(set: number, width: number): number {
  return Math.max(set, Math.round((set * width) / usualWidth))
}

/** How many columns fit where the window is narrow: no card is less than 84 px wide. */
export function fittingColumns(wanted: number, width: number): number {
  return Math.max(1, Math.min(wanted, Math.floor((width + gap) / (84 + gap))))
}

/**
 * The position that a key leads to from `position`, both from 0, or null for a key that does not move (WAI-ARIA grid pattern).
 * `page` is the number of rows in view.
 */
export function moveInGrid(
  key: string,
  ctrl: boolean,
  position: number,
  { count, columns, page }: { count: number; columns: number; page: number }
): number | null {
  if (count === 0) return null
  const row = Math.floor(position / columns)
  const within = (target: number): number => Math.min(count - 1, Math.max(0, target))
  /** Up and down stay in their column; from the last full row, down goes to the end of a short one. */
  const byRows = (rows: number): number => {
    const target = position + rows * columns
    if (target < 0) return rows === -1 ? position : position % columns
    if (target < count) return target
    const lastRow = Math.floor((count - 1) / columns)
    return row === lastRow ? position : within(lastRow * columns + (position % columns))
  }
  switch (key) {
    case 'ArrowRight':
      return within(position + 1)
    case 'ArrowLeft':
      return within(position - 1)
    case 'ArrowDown':
      return byRows(1)
    case 'ArrowUp':
      return byRows(-1)
    case 'PageDown':
      return byRows(Math.max(1, page))
    case 'PageUp':
      return byRows(-Math.max(1, page))
    case 'Home':
      return ctrl ? 0 : row * columns
    case 'End':
      return ctrl ? count - 1 : within((row + 1) * columns - 1)
    default:
      return null
  }
}
