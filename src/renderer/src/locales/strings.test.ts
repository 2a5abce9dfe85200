import { parse } from 'vue/compiler-sfc'
import { describe, expect, it } from 'vitest'
import { isErrorCode } from '../../../shared/locales/errors.ts'
import { createTranslations } from './i18n.ts'

const sources = Object.entries(
  import.meta.glob<string>(['../**/*.{ts,vue}', '!../**/*.test.ts'], { eager: true, query: '?raw', import: 'default' })
).map(([path, text]) => ({ path, text }))
const files = import.meta.glob<Record<string, unknown>>('../../../shared/locales/*/interface/*.json', { eager: true, import: 'default' })

/** Names of the files of a language: one a feature. */
const featuresOf = (language: string): string[] =>
  Object.keys(files)
    .filter((path) => path.includes(`/${language}/interface/`))
    .map((path) => path.slice(path.lastIndexOf('/') + 1, -'.json'.length))

/** All strings of a file by their dotted key. */
function flat(value: unknown, prefix = ''): [key: string, text: string][] {
  if (typeof value === 'string') return [[prefix, value]]
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => flat(inner, prefix === '' ? key : `${prefix}.${key}`))
}
const read = (language: string, feature: string): Map<string, string> =>
  new Map(flat(files[`../../../shared/locales/${language}/interface/${feature}.json`]))
const features = featuresOf('ca')
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort()

describe('strings of the interface', () => {
  it('are the same files in both languages', () => {
    expect(featuresOf('en')).toEqual(features)
  })

  it.each(features)('%s has the same keys, placeholders and forms in both languages', (feature) => {
    const ca = read('ca', feature)
    const en = read('en', feature)
    expect([...en.keys()]).toEqual([...ca.keys()])
    for (const [key, text] of ca) {
      const other = en.get(key) ?? ''
      expect(placeholders(other), key).toEqual(placeholders(text))
      expect(other.split(' | ').length, key).toBe(text.split(' | ').length)
      expect(text.trim() === '' || other.trim() === '', key).toBe(false)
    }
  })

  it('can be read as messages, every one', () => {
    for (const language of ['ca', 'en'] as const) {
      const { t } = createTranslations(language).global
      for (const feature of features) for (const key of read(language, feature).keys()) expect(t(`${feature}.${key}`)).toBeTypeOf('string')
    }
  })

  it('are there for every key that the page names', () => {
    const { te } = createTranslations('ca').global
    const missing = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/\bt(?:ranslate)?\(\s*'([\w-]+(?:\.[\w-]+)+)'/g)]
        .filter(([, key]) => key !== undefined && !te(key))
        .map(([, key]) => `${path}: ${key}`)
    )
    expect(missing).toEqual([])
  })
})

it('every error that the page names has a sentence in both languages', () => {
  for (const { path, text } of sources) {
    for (const [, code] of text.matchAll(/errorSentence\('([\w.]+)'/g)) {
      expect(isErrorCode(code ?? ''), `${path}: ${code}`).toBe(true)
    }
  }
})

/** What is read of a node of a template: element 1, text 2, attribute 6 (NodeTypes of Vue's compiler). */
interface TemplateNode {
  readonly type: number
  readonly name?: string
  readonly content?: string
  readonly value?: { readonly content: string }
  readonly props?: readonly TemplateNode[]
  readonly children?: readonly TemplateNode[]
}
const spoken = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label'])

/** Texts and attributes for people that a template holds literally instead of through `t`. */
function literals(nodes: readonly TemplateNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 2) return /\p{L}{2}/u.test(node.content ?? '') ? [(node.content ?? '').trim()] : []
    if (node.type !== 1) return []
    const attributes = (node.props ?? []).filter(
      (prop) => prop.type === 6 && spoken.has(prop.name ?? '') && (prop.value?.content ?? '') !== ''
    )
    return [...attributes.map((prop) => `${prop.name}="${prop.value?.content}"`), ...literals(node.children ?? [])]
  })
}

it('no template holds text of its own', () => {
  const found = sources
    .filter(({ path }) => path.endsWith('.vue'))
    .flatMap(({ path, text }) =>
      literals((parse(text).descriptor.template?.ast?.children ?? []) as readonly TemplateNode[]).map((literal) => `${path}: ${literal}`)
    )
  expect(found).toEqual([])
})
