import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import MarkdownText from './MarkdownText.vue'

const html = (text: string): string => mount(MarkdownText, { props: { text } }).element.innerHTML

describe('MarkdownText', () => {
  it('shows headings, paragraphs, lists and emphasis', () => {
    expect(html('# Starter\n\nOne *or*\n**two**\n\n- a\n- b `c`')).toBe(
      '<h3>Starter</h3><p>One <em>or</em> <strong>two</strong></p><ul><li>a</li><li>b <code>c</code></li></ul>'
    )
  })

  it('shows tables with numbers on the right, in a part that scrolls', () => {
    expect(html('| facet | n |\n| --- | ---: |\n| Materials | 19 |')).toBe(
      '<div class="markdown-table" tabindex="0"><table><thead><tr><th>facet</th><th class="number">n</th></tr></thead>' +
        '<tbody><tr><td>Materials</td><td class="number">19</td></tr></tbody></table></div>'
    )
  })

  it('shows HTML as the text that it is', () => {
    const shown = mount(MarkdownText, { props: { text: 'a <img src=x onerror=alert(1)> b\n\n<script>alert(2)</script>' } })
    expect(shown.find('img, script').exists()).toBe(false)
    expect(shown.text()).toContain('<img src=x onerror=alert(1)>')
    expect(shown.text()).toContain('<script>alert(2)</script>')
  })

  it('names addresses and follows none', () => {
    const shown = mount(MarkdownText, {
      props: { text: 'See [the paper](https://example.org/p) or <https://example.org/q>, [no](javascript:alert(1)), [up](#top).' }
    })
    expect(shown.find('a').exists()).toBe(false)
    expect(shown.text()).toBe('See the paper (https://example.org/p) or https://example.org/q, [no](javascript:alert(1)), up.')
  })

  it('opens other pages of the same book, and nothing else', async () => {
    const follow = vi.fn()
    const shown = mount(MarkdownText, { props: { text: '[keys](keys.md), [up](../other.md), [out](https://example.org/a.md)', follow } })
    expect(shown.text()).toBe('keys, up (../other.md), out (https://example.org/a.md)')
    for (const button of shown.findAll('button')) await button.trigger('click')
    expect(follow.mock.calls).toEqual([['keys']])
  })

  it('shows the pictures that come with the text, and of others the description', () => {
    const shown = mount(MarkdownText, {
      props: {
        text: '![calibration](calibration.svg) ![far away](https://example.org/a.png) ![beside](plot.png)',
        pictures: { 'calibration.svg': 'data:image/svg+xml;base64,AAAA' }
      }
    })
    expect(shown.findAll('img').map((picture) => picture.attributes())).toEqual([
      { alt: 'calibration', src: 'data:image/svg+xml;base64,AAAA' }
    ])
    expect(shown.text()).toContain('far away beside')
  })
})
