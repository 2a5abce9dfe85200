import MarkdownIt, { type Token } from 'markdown-it'
import { h, type VNode, type VNodeArrayChildren } from 'vue'

/** Without raw HTML, whose text is shown as it is written. Addresses are not made into links: Fitxa opens none. */
const reader = new MarkdownIt({ html: false, linkify: false })

/** Elements that a text may become; a heading stands below the title of the window that shows it. */
const elements: Readonly<Record<string, string>> = {
  ...{ h1: 'h3', h2: 'h3', h3: 'h4', h4: 'h5', h5: 'h6', h6: 'h6' },
  ...Object.fromEntries(['p', 'ul', 'ol', 'li', 'blockquote', 'strong', 'em', 's'].map((tag) => [tag, tag])),
  ...Object.fromEntries(['table', 'thead', 'tbody', 'tr', 'th', 'td'].map((tag) => [tag, tag]))
}

/**
 * Reads Markdown (CommonMark and tables) into elements of the page. Nothing of the text reaches the page as HTML, so a model
 * card from anywhere can neither run nor load anything.
 */
export function markdownNodes(text: string, surroundings: Surroundings = {}): VNode[] {
  return nodesOf(reader.parse(text, {}), surroundings).filter((node) => typeof node !== 'string')
}

/** What a text may refer to. */
export interface Surroundings {
  /** Addresses of pictures by the name that the text gives them; a picture that is not among them is shown as its description. */
  readonly pictures?: Readonly<Record<string, string>> | undefined
  /** Opens another page of the same book (`name.md`). Every other link is shown as its text followed by its address. */
  readonly follow?: ((page: string) => void) | undefined
}

/** An element whose end has not been read yet. */
interface Open {
  readonly token: Token | null
  readonly children: (VNode | string)[]
}

function nodesOf(tokens: readonly Token[], surroundings: Surroundings): (VNode | string)[] {
  const root: Open = { token: null, children: [] }
  const stack = [root]
  const top = (): Open => stack.at(-1) ?? root
  for (const token of tokens) {
    if (token.nesting === 1) stack.push({ token, children: [] })
    else if (token.nesting === -1) {
      const { token: opening, children } = stack.pop() ?? root
      top().children.push(...closed(opening, children, surroundings))
    } else top().children.push(...leaf(token, surroundings))
  }
  return root.children
}

function closed(token: Token | null, children: (VNode | string)[], { follow }: Surroundings): (VNode | string)[] {
  if (token === null || token.hidden) return children
  if (token.type === 'link_open') return link(String(token.attrGet('href') ?? ''), children, follow)
  const tag = elements[token.tag]
  if (tag === undefined) return children
  const right = String(token.attrGet('style') ?? '').includes('right')
  const element = h(tag, right ? { class: 'number' } : {}, children as VNodeArrayChildren)
  // A wide table scrolls by itself, by keyboard too.
  return tag === 'table' ? [h('div', { class: 'markdown-table', tabindex: 0 }, [element])] : [element]
}

function link(address: string, children: (VNode | string)[], follow: Surroundings['follow']): (VNode | string)[] {
  const [, page] = /^([a-z-]+)\.md$/.exec(address) ?? []
  if (page !== undefined && follow !== undefined)
    return [h('button', { type: 'button', class: 'markdown-link', onClick: () => follow(page) }, children as VNodeArrayChildren)]
  return address === '' || address.startsWith('#') || children.join('') === address ? children : [...children, ` (${address})`]
}

function leaf(token: Token, surroundings: Surroundings): (VNode | string)[] {
  switch (token.type) {
    case 'inline':
      return nodesOf(token.children ?? [], surroundings)
    case 'softbreak':
      return [' ']
    case 'hardbreak':
      return [h('br')]
    case 'hr':
      return [h('hr')]
    case 'code_inline':
      return [h('code', token.content)]
    case 'code_block':
    case 'fence':
      return [h('pre', { tabindex: 0 }, [h('code', token.content)])]
    case 'image': {
      const address = surroundings.pictures?.[String(token.attrGet('src') ?? '')]
      return [address === undefined ? token.content : h('img', { src: address, alt: token.content })]
    }
    default:
      return token.content === '' ? [] : [token.content]
  }
}
