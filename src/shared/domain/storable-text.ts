/** Half of a surrogate pair, which no encoding of Unicode can write. */
const half = /\p{Surrogate}/gu

/** Control characters except tab and line breaks. */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

/** A text as a database and a file give it back: halves of surrogate pairs become U+FFFD. */
export function wellFormedText(text: string): string {
  return text.replace(half, '\ufffd')
}

/** A text that somebody entered, as it is stored: well formed, and without control characters other than tab and line breaks. */
export function storableText(text: string): string {
  return wellFormedText(text).replace(controls, '')
}
