import type { ErrorData } from '../../shared/errors.ts'
import { languages } from '../../shared/model/facet.ts'
import { sentence } from '../../shared/locales/errors.ts'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * A page with one sentence in every language, for a browser that is refused: the person's language is not known at that point. It
 * has no style and no script, so its policy can forbid both.
 */
export function noticePage(code: string, data: ErrorData = {}): string {
  const paragraphs = languages.map((language) => {
    const text = sentence(language, code, data).replace(/[&<>"]/g, (letter) => escapes[letter] ?? '')
    return `<p lang="${language}">${text}</p>`
  })
  return `<!doctype html>\n<html lang="ca"><head><meta charset="utf-8"><title>Fitxa</title></head><body><h1>Fitxa</h1>${paragraphs.join('')}</body></html>\n`
}
