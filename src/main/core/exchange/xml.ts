/** Characters that XML 1.0 forbids (section 2.2), lone surrogates among them. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;', '\t': '&#9;' }

/** Whether a text holds characters that no XML document can hold. */
export function hasForbidden(text: string): boolean {
  return text.search(forbidden) >= 0
}

/** Text for element content and attribute values; forbidden characters are left out. */
export function escapeXml(text: string): string {
  return text.replace(forbidden, '').replace(/[&<>"\r\t]/g, (sign) => escapes[sign] ?? sign)
}

/** An element with attributes (those that are null are left out) and content: text that is already XML, or parts of it. */
export function element(name: string, attributes: Readonly<Record<string, string | null>>, ...content: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => (value === null ? '' : ` ${key}="${escapeXml(value)}"`))
  const inside = content.join('')
  return inside === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inside}</${name}>`
}
