/** Copies a text. A slice of a longer text keeps all of that text in memory; its copy does not. */
export function copyText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
