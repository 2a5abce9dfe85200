/** A point of a curve: what was measured (`y`) after an epoch (`x`, from 1). */
export interface Point {
  readonly x: number
  readonly y: number
}

/**
 * Round values for the lines of an axis that holds all of `values`: two to five of them, evenly apart by `finest` or more, from the
 * lowest. `finest` is the smallest difference that the figures beside the lines can show.
 */
export function ticks(values: readonly number[], finest = 0): readonly number[] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  const step = roundStep(Math.max(finest, (high - low || Math.abs(high) || 1) / 3))
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  // Multiplied each time, because repeated sums of 0.1 drift away from the label.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** The smallest of 1, 2, 5 times a power of ten that is at least `raw`. */
function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  return power * ([1, 2, 5].find((each) => each * power >= raw * (1 - 1e-9)) ?? 10)
}

/** Where a curve lies in a box of 100 by 100 whose lower edge is the first tick and whose upper edge is the last. */
export interface Plot {
  /** The curve as the `d` of an SVG path. */
  readonly line: string
  /** A path of lines without length, one a point: round caps draw them as dots. */
  readonly dots: string
  readonly lines: readonly { readonly value: number; readonly top: number }[]
}

/**
 * Places the points of a curve in its box; the box is as wide as the epochs of the whole training, so that the remaining ones
 * are visible.
 */
export function plot(points: readonly Point[], epochs: number, finest = 0): Plot {
  const marks = ticks(
    points.map(({ y }) => y),
    finest
  )
  const [low = 0, high = 1] = [marks[0], marks.at(-1)]
  const across = (x: number): number => round(epochs <= 1 ? 50 : ((x - 1) / (epochs - 1)) * 100)
  const down = (y: number): number => round(100 - ((y - low) / (high - low)) * 100)
  const places = points.map(({ x, y }) => `${across(x)} ${down(y)}`)
  return {
    line: places.map((place, index) => `${index === 0 ? 'M' : 'L'}${place}`).join(''),
    dots: places.map((place) => `M${place}h0`).join(''),
    lines: marks.map((value) => ({ value, top: down(value) }))
  }
}

const round = (value: number): number => Math.round(value * 100) / 100
