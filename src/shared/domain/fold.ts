/** A text as searches compare it: without accents, in lower case, with single spaces; the Catalan "l·l" is "ll". */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[·ŀĿ]/gu, (sign) => (sign === '·' ? '' : 'l'))
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
}
