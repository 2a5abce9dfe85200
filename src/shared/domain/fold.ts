/** Letters that Unicode does not decompose into a base letter and a mark, and characters that people type in several ways. */
const spellings: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  '’': "'",
  '‘': "'",
  ʼ: "'",
  ʻ: "'",
  '´': "'",
  '–': '-',
  '‑': '-',
  '·': ''
}

/** A text as searches compare it: without accents, in lower case, with single spaces; the Catalan "l·l" is "ll". */
export function foldText(text: string): string {
  const lower = text.toLowerCase()
  const plain = lower.replace(/[^\u0000-\u007f]+/g, foldPart)
  return plain.replace(/\s+/g, ' ').trim()
}

function foldPart(part: string): string {
  const marked = part.replace(/[´·]/g, (sign) => spellings[sign] ?? sign).normalize('NFKD')
  return marked.replace(/\p{Mn}+/gu, '').replace(/\P{ASCII}/gu, (sign) => spellings[sign] ?? sign)
}
