/** Many short texts held as one text and the positions where each begins: tens of thousands of labels without as many objects. */
export interface Lines {
  readonly size: number
  at(line: number): string
}

/** The lines of `text`, separated by a line feed each. */
export function linesOf(text: string): Lines {
  const starts = startsOfLines(text)
  return { size: starts.length - 1, at: (line) => text.slice(starts[line], (starts[line + 1] ?? 0) - 1) }
}

/** The start of each line of `text`, and as a last value one past the end of the last line and its implied line feed. */
export function startsOfLines(text: string): Uint32Array {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  const starts = new Uint32Array(lines + 1)
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts[line++] = at + 1
  starts[lines] = text.length + 1
  return starts
}
