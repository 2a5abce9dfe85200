import { expect, test } from 'vitest'
import { element, escapeXml, hasForbidden } from './xml.ts'

test('signs of markup and of attribute normalisation are escaped', () => {
  expect(escapeXml('a < b & c > "d" \t\r')).toBe('a &lt; b &amp; c &gt; &quot;d&quot; &#9;&#13;')
})

test('characters that XML forbids are found and left out, others stay', () => {
  expect(hasForbidden('a\u0000b')).toBe(true)
  expect(hasForbidden('\uD800')).toBe(true)
  expect(hasForbidden('l·l — 😀 \n\t ę')).toBe(false)
  expect(escapeXml('a\u0000b\u000Bc\uFFFEd\uD800e😀')).toBe('abcde😀')
})

test('elements hold attributes and content, without the attributes that are null', () => {
  expect(element('a', { b: '"', c: null }, '<d/>', 'e')).toBe('<a b="&quot;"><d/>e</a>')
  expect(element('a', {})).toBe('<a/>')
})
