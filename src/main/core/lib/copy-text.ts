/** A text of its own. A part cut out of a longer text keeps all of that in memory; its copy does not. */
export function copyText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
