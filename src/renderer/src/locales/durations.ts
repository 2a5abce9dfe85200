type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string
type FormatNumber = (value: number, format: string) => string

/** Remaining time, rounded: tens of seconds, then minutes, then hours. */
export function durationWords(seconds: number, t: Translate, n: FormatNumber): string {
  const rounded =
    seconds < 60
      ? { unit: 'seconds', value: Math.max(10, Math.ceil(seconds / 10) * 10) }
      : seconds < 5400
        ? { unit: 'minutes', value: Math.ceil(seconds / 60) }
        : { unit: 'hours', value: Math.ceil(seconds / 3600) }
  return t(`frame.left.${rounded.unit}`, { n: n(rounded.value, 'count') }, rounded.value)
}
