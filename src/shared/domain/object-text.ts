import { foldText } from './fold.ts'

/**
 * The key by which objects are sorted by number: folded, with every run of digits padded, so that `MUS 2` stands before
 * `MUS 10`. Objects without a number are sorted by their file's name.
 */
export function numberKey(text: string): string {
  return foldText(text).replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(12, '0'))
}

/** The text that the filter searches besides the labels of accepted terms: number, file names and the files' keywords, folded. */
export function searchText(parts: { inventoryNumber: string | null; fileNames: readonly string[]; keywords: readonly string[] }): string {
  return [parts.inventoryNumber ?? '', ...parts.fileNames, ...parts.keywords].map(foldText).filter(Boolean).join('\n')
}
