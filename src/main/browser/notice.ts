import type { ErrorData } from '../../shared/errors.ts'
import { languages } from '../../shared/model/facet.ts'
import { sentence } from '../../shared/locales/errors.ts'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * A page with one sentence in every language, for a person whose browser is not let in: before the page itself can be
 * shown, its language is not known. It holds no style and no script, so that its policy can forbid both.
 */
export function noticePage(code: string, data: ErrorData = {}): string {
  const paragraphs = languages.map((language) => {
    const text = sentence(language, code, data).replace(/[&<>"]/g, (letter) => escapes[letter] ?? '')
    return `<p lang="${language}">${text}</p>`
  })
  return `<!doctype html>\n<html lang="ca"><head><meta charset="utf-8"><title>Fitxa</title></head><body><h1>Fitxa</h1>${paragraphs.join('')}</body></html>\n`
}
