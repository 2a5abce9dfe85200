import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { viewTree, type TreeShape, type TreeView } from '../../../../shared/domain/tree-view.ts'
import { facetTrees } from '../../../../shared/domain/tree.ts'
import VirtualTree from './VirtualTree.vue'
import { rowsInDocument, scrolledTo } from './tree-row.ts'

vi.stubGlobal(
  'ResizeObserver',
  class {
    observe(): void {}
    disconnect(): void {}
  }
)

const names = ['contenidor', 'contenidor | atuell', 'contenidor | atuell | gerro', 'contenidor | atuell | olla', 'moble']
const all = [...names, ...Array.from({ length: 200 }, (_, index) => `terme ${index}`)]
const tree = facetTrees({
  key: all.map((name) => `objectTypes/${name}`),
  facet: all.map(() => 'objectTypes'),
  parent: all.map((name) => all.indexOf(name.slice(0, Math.max(0, name.lastIndexOf(' | '))))),
  ca: all.map((name) => name.split(' | ').at(-1)!),
  en: all.map(() => null),
  aatId: all.map(() => null),
  match: all.map(() => 'missing'),
  assignable: all.map((name) => name !== 'contenidor')
}).objectTypes

const order = new Map([['objectTypes/contenidor | atuell | olla', 0]])
const view = (shape: Partial<TreeShape> = {}): TreeView => viewTree(tree, { order, openings: new Map(), whole: false, ...shape })
const labelOf = (node: number): string => tree.labels[node]!.ca!

function mountTree(props: { view?: TreeView; focused?: number; letters?: boolean } = {}) {
  return mount(VirtualTree, {
    attachTo: document.body,
    props: {
      view: props.view ?? view(),
      focused: props.focused ?? 3,
      name: 'Tipus d’objecte, oberta',
      describe: (node: number) => ({
        name: `${labelOf(node)}, pendent`,
        checked: tree.assignable[node] ? node === 3 : null,
        lang: node === 4 ? ('en' as const) : null
      }),
      labelOf,
      letters: props.letters ?? false,
      subject: 1
    }
  })
}

const rowOf = (wrapper: ReturnType<typeof mountTree>, node: number) => wrapper.get(`[data-node="${node}"]`)

afterEach(() => document.body.replaceChildren())

describe('VirtualTree', () => {
  it('is one named, multi-selectable tree with one tab stop', () => {
    const wrapper = mountTree()
    expect(wrapper.get('[role=tree]').attributes()).toMatchObject({
      'aria-label': 'Tipus d’objecte, oberta',
      'aria-multiselectable': 'true'
    })
    expect(wrapper.findAll('[tabindex="0"]').map((row) => row.attributes('data-node'))).toEqual(['3'])
  })

  it('gives every row its level, and its place among all its siblings, not those in view', () => {
    const wrapper = mountTree()
    expect(rowOf(wrapper, 3).attributes()).toMatchObject({ role: 'treeitem', 'aria-level': '3', 'aria-setsize': '2', 'aria-posinset': '1' })
    expect(rowOf(wrapper, 4).attributes()).toMatchObject({ 'aria-level': '1', 'aria-setsize': '202', 'aria-posinset': '2' })
  })

  it('says whether a branch is open, and nothing of the kind on a leaf', async () => {
    const wrapper = mountTree()
    expect(rowOf(wrapper, 1).attributes('aria-expanded')).toBe('true')
    expect(rowOf(wrapper, 3).attributes('aria-expanded')).toBeUndefined()
    await wrapper.setProps({ view: view({ openings: new Map([['objectTypes/contenidor | atuell', 'closed']]) }), focused: 1 })
    expect(rowOf(wrapper, 1).attributes('aria-expanded')).toBe('false')
    expect(wrapper.find('[data-node="3"]').exists()).toBe(false)
  })

  it('says the state as checked or not, and not at all for a guide term', () => {
    const wrapper = mountTree()
    expect(rowOf(wrapper, 3).attributes('aria-checked')).toBe('true')
    expect(rowOf(wrapper, 1).attributes('aria-checked')).toBe('false')
    expect(rowOf(wrapper, 0).attributes('aria-checked')).toBeUndefined()
    expect(rowOf(wrapper, 3).text()).toBe('olla, pendent')
    expect([rowOf(wrapper, 4).attributes('lang'), rowOf(wrapper, 3).attributes('lang')]).toEqual(['en', undefined])
  })

  it('holds the rows in view only, and the focused one wherever it is', () => {
    const wrapper = mountTree({ focused: 150 })
    expect(wrapper.findAll('[role=treeitem]').length).toBeLessThan(40)
    expect(rowOf(wrapper, 150).attributes('tabindex')).toBe('0')
  })

  it('moves with the arrows, opens with Right, and asks for decisions with Space, once for a held key', async () => {
    const wrapper = mountTree({ focused: 1 })
    const press = (key: string, more = {}) => wrapper.get('[role=tree]').trigger('keydown', { key, ...more })
    await press('ArrowDown')
    await press('ArrowLeft')
    await press(' ')
    await press(' ', { repeat: true })
    await press(' ', { shiftKey: true })
    expect(wrapper.emitted('focus')).toEqual([[3], [1]])
    expect(wrapper.emitted('open')).toEqual([[new Map([['objectTypes/contenidor | atuell', 'closed']])]])
    expect(wrapper.emitted('accept')).toEqual([[1]])
    expect(wrapper.emitted('reject')).toEqual([[1]])
  })

  it('leaves letters to the commands unless type-ahead is on', async () => {
    const commands = mountTree()
    await commands.get('[role=tree]').trigger('keydown', { key: 'm' })
    expect(commands.emitted('focus')).toBeUndefined()
    const letters = mountTree({ letters: true })
    await letters.get('[role=tree]').trigger('keydown', { key: 'm' })
    expect(letters.emitted('focus')).toEqual([[4]])
  })

  it('works with the mouse: a row takes the focus, the right button opens its menu', async () => {
    const wrapper = mountTree()
    await rowOf(wrapper, 4).trigger('click')
    await rowOf(wrapper, 1).trigger('contextmenu', { clientX: 7, clientY: 9 })
    await nextTick()
    expect(wrapper.emitted('focus')).toEqual([[4], [1]])
    expect(wrapper.emitted('menu')).toEqual([[1, { x: 7, y: 9 }]])
  })
})

describe('windows of rows', () => {
  it('hold what is in view with a few rows around it, within the tree', () => {
    expect(rowsInDocument(3, 0, 240, 0)).toEqual([0, 1, 2])
    expect(rowsInDocument(1000, 2400, 240, 100)).toEqual(Array.from({ length: 23 }, (_, index) => 94 + index))
    expect(rowsInDocument(1000, 2400, 240, 2)[0]).toBe(2)
    expect(rowsInDocument(1000, 0, 240, 900).at(-1)).toBe(900)
    expect(rowsInDocument(0, 0, 240, -1)).toEqual([])
  })

  it('scroll as little as needed to show a row', () => {
    expect(scrolledTo(5, 0, 240)).toBe(0)
    expect(scrolledTo(10, 0, 240)).toBe(24)
    expect(scrolledTo(2, 480, 240)).toBe(48)
  })
})
