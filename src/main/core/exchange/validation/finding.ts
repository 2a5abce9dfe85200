import type { ErrorDetail } from 'libxml2-wasm'
import type { ErrorData } from '../../../../shared/errors.ts'
import { copyText } from '../../lib/copy-text.ts'

/** Something wrong in an XML text: the line (from 1) in that text, the element or attribute, and the code of a sentence. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  readonly line: number
  readonly field: string
  readonly code: string
  readonly data: ErrorData
}

/** Characters of a value or message that a sentence repeats. */
const longestPart = 500

/** The shapes of libxml2's schema messages that a person gets a sentence of their own for; the first that fits counts. */
const shapes: readonly { code: string; pattern: RegExp; names: readonly string[] }[] = [
  { code: 'validate.missingElement', pattern: /Missing child element\(s\)\. Expected is (?:one of )?\( (.+) \)\.$/, names: ['expected'] },
  {
    code: 'validate.unexpectedElement',
    pattern: /This element is not expected\. Expected is (?:one of )?\( (.+) \)\.$/,
    names: ['expected']
  },
  { code: 'validate.surplusElement', pattern: /This element is not expected\.$/, names: [] },
  { code: 'validate.missingAttribute', pattern: /The attribute '(.+)' is required but missing\.$/, names: ['attribute'] },
  { code: 'validate.surplusAttribute', pattern: /The attribute '(.+)' is not allowed\.$/, names: ['attribute'] },
  { code: 'validate.noText', pattern: /Character content .*is not allowed/, names: [] },
  { code: 'validate.value', pattern: /'([^']*)' is not (?:a valid value|an element of the set)/, names: ['value'] },
  { code: 'validate.value', pattern: /The value '([^']*)' (?:is not|does not match)/, names: ['value'] }
]

/** A schema message of libxml2 as a finding: `Element '{http://…}term', attribute 'type': …`. */
export function findingOf(detail: ErrorDetail): Finding {
  const message = withoutNamespaces(detail.message.trim())
  const element = /^Element '([^']+)'/.exec(message)?.[1] ?? ''
  const attribute = /^Element '[^']+', attribute '([^']+)'/.exec(message)?.[1]
  const field = attribute === undefined ? element : `${element}/@${attribute}`
  const at = { severity: 'error', line: detail.line, field } as const
  for (const { code, pattern, names } of shapes) {
    const found = pattern.exec(message)
    if (found !== null)
      return { ...at, code, data: { field, ...Object.fromEntries(names.map((name, index) => [name, shortened(found[index + 1] ?? '')])) } }
  }
  return { ...at, code: 'validate.invalid', data: { field, message: shortened(message) } }
}

/** A part of a message as a sentence can hold it. */
function shortened(text: string): string {
  return copyText(text.length > longestPart ? `${text.slice(0, longestPart)}…` : text)
}

/** Names as people know them from the standard: `objectWorkType` instead of `{http://www.lido-schema.org}objectWorkType`. */
function withoutNamespaces(message: string): string {
  return message.replace(/\{[^}]*\}/g, '')
}
