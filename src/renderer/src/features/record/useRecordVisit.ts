import { computed, reactive, shallowReactive, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { cell } from '../../../../shared/domain/cell.ts'
import { viewTree, visibleAncestor, reveal, type Opening, type TreeShape, type TreeView } from '../../../../shared/domain/tree-view.ts'
import { withTerms } from '../../../../shared/domain/tree.ts'
import { facetOf, facets, perFacet, type Facet } from '../../../../shared/model/facet.ts'
import type { Decision, FacetRecord, ObjectRecord } from '../../../../shared/model/record.ts'
import type { Term, TermKey } from '../../../../shared/model/term.ts'
import type { Vocabulary } from './useVocabulary.ts'
import type { Records } from './model/records.ts'
import { beginVisit, continueVisit, showWaiting, type FacetVisit, type VisitRules } from './model/visit.ts'

/** The content of a facet panel, and its state during the visit. */
export interface Panel {
  readonly facet: Facet
  readonly record: FacetRecord
  readonly visit: FacetVisit
  readonly view: TreeView
  /** The node that has, or would get, the focus; -1 in an empty tree. */
  readonly focused: number
  readonly whole: boolean
  readonly showRejected: boolean
  readonly showUnlikely: boolean
}

/** A decision without the object that it is about. */
export type DecisionPart = Decision extends infer Each ? (Each extends Decision ? Omit<Each, 'objectId'> : never) : never

/**
 * The object on screen with its four panels. The state of the visit (digits, opened branches, focused terms) is reset with each
 * object; which panel is the current one and whether its whole tree is open stay.
 */
export interface RecordVisit {
  /** The object on screen; while the next one is being read, still the one before it, so that nothing flickers. */
  readonly record: ShallowRef<ObjectRecord | null>
  /** Whether the object on screen is the one asked for, and stays: only then may anything be decided. */
  readonly here: ComputedRef<boolean>
  readonly panels: ComputedRef<Readonly<Record<Facet, Panel>> | null>
  /** The panel of a facet; only for what a person does, who sees it. */
  panel(facet: Facet): Panel
  readonly facet: ShallowRef<Facet>
  /** Changes with every visit. */
  readonly visitId: ShallowRef<number>
  readonly focusedTerm: ComputedRef<Term | null>
  /** Any term that the object or the trees know. */
  term(key: TermKey): Term | null
  /** Makes a term known that came from a search, so that it can be decided about. */
  remember(term: Term): void
  /** Makes a panel the current one. */
  enter(facet: Facet): void
  focus(facet: Facet, key: TermKey): void
  /** Opens the path to a term and focuses it. */
  show(key: TermKey): void
  open(facet: Facet, openings: ReadonlyMap<TermKey, Opening>): void
  toggleWhole(facet: Facet): void
  toggleRejected(facet: Facet): void
  toggleUnlikely(facet: Facet): void
  showWaiting(facet: Facet): void
  decide(decision: DecisionPart): Promise<boolean>
}

export interface RecordVisitOptions {
  readonly objectId: () => number
  readonly records: Records
  readonly vocabulary: ShallowRef<Vocabulary | null>
  readonly author: () => string
  /** True from the moment that the way to another object is begun. */
  readonly leaving: () => boolean
  /** Asked when an object comes on screen: whether its first open facet becomes the current one. */
  readonly beginsAtFirstOpen: () => boolean
  /** Suggestions below this probability are folded away. */
  readonly unlikelyBelow: () => number
}

/** The choice between pruned and whole tree is kept between objects. */
const whole = reactive(perFacet(() => false))
const facet = shallowRef<Facet>('objectTypes')

export function useRecordVisit(options: RecordVisitOptions): RecordVisit {
  const { objectId, records, vocabulary, author } = options
  const record = shallowRef<ObjectRecord | null>(null)
  watch(
    () => records.get(objectId()),
    (now) => {
      if (now !== undefined) record.value = now
    },
    { immediate: true, flush: 'sync' }
  )
  const here = computed(() => record.value?.id === objectId() && !options.leaving())
  const visitId = shallowRef(0)
  const visits = shallowRef<Readonly<Record<Facet, FacetVisit>> | null>(null)
  const openings = shallowReactive(perFacet<ReadonlyMap<TermKey, Opening>>(() => new Map()))
  const focusKeys = shallowReactive(perFacet<TermKey | null>(() => null))
  const rejectedShown = reactive(perFacet(() => false))
  const unlikelyShown = reactive(perFacet(() => false))
  /** Terms found during the visit, which nothing else knows. */
  const found = shallowReactive(new Map<TermKey, Term>())
  let visited: ObjectRecord | null = null

  const facetRecord = (of: ObjectRecord, name: Facet): FacetRecord =>
    of.facets.find((each) => each.facet === name) ?? cell(of.facets, facets.indexOf(name))

  const termOf = (key: TermKey): Term | null => {
    const known = vocabulary.value?.term(key) ?? found.get(key)
    if (known) return known
    if (record.value === null) return null
    const own = facetRecord(record.value, facetOf(key))
    return (
      [...own.annotations, ...own.suggestions].find((each) => each.term.key === key)?.term ??
      visits.value?.[own.facet].suggestions.get(key)?.term ??
      null
    )
  }

  /** The tree with the terms of a line that it does not hold, sorted by the line. */
  const sortedTree = (name: Facet, line: readonly TermKey[], trees: Vocabulary['trees'], shape: Pick<TreeShape, 'openings' | 'whole'>) =>
    viewTree(
      withTerms(
        trees[name],
        line.map(termOf).filter((term) => term !== null)
      ),
      { order: new Map(line.map((key, place) => [key, place])), ...shape }
    )

  const rulesOf = (name: Facet, trees: Vocabulary['trees']): VisitRules => ({
    unlikelyBelow: options.unlikelyBelow(),
    downTheScreen: (line) => {
      const { rowOf, tree } = sortedTree(name, line, trees, { openings: new Map(), whole: false })
      const row = (key: TermKey): number => rowOf[tree.nodeOf.get(key) ?? -1] ?? Infinity
      return [...line].sort((one, other) => row(one) - row(other))
    }
  })

  /** A visit begins once both the object and the trees are there. */
  watch(
    [record, vocabulary],
    ([now, known]) => {
      if (now === null || known === null) return
      const rules = perFacet((name) => rulesOf(name, known.trees))
      if (visited?.id !== now.id || visits.value === null) {
        found.clear()
        visits.value = perFacet((name) => beginVisit(facetRecord(now, name), now.run, rules[name]))
        for (const name of facets) {
          openings[name] = new Map()
          focusKeys[name] = null
          rejectedShown[name] = unlikelyShown[name] = false
        }
        if (options.beginsAtFirstOpen()) facet.value = now.facets.find(({ state }) => state === 'open')?.facet ?? facet.value
        visitId.value += 1
      } else if (visited !== now) {
        const before = visits.value
        visits.value = perFacet((name) => continueVisit(before[name], facetRecord(now, name), rules[name]))
      }
      visited = now
    },
    { immediate: true, flush: 'sync' }
  )

  const panel = (name: Facet): ComputedRef<Panel | null> => {
    const own = computed(() => (record.value === null ? null : facetRecord(record.value, name)))
    const line = computed(() => {
      const visit = visits.value?.[name]
      if (!visit) return []
      const more = [...(rejectedShown[name] ? visit.rejectedBefore : []), ...(unlikelyShown[name] ? visit.unlikely : [])]
      return [...visit.line, ...more.filter((key) => !visit.line.includes(key))]
    })
    const view = computed(() =>
      vocabulary.value === null
        ? null
        : sortedTree(name, line.value, vocabulary.value.trees, { openings: openings[name], whole: whole[name] })
    )
    return computed(() => {
      if (own.value === null || view.value === null || visits.value === null) return null
      return {
        facet: name,
        record: own.value,
        visit: visits.value[name],
        view: view.value,
        focused: focusedNode(view.value, focusKeys[name], visits.value[name]),
        whole: whole[name],
        showRejected: rejectedShown[name],
        showUnlikely: unlikelyShown[name]
      }
    })
  }
  const each = perFacet(panel)
  const panels = computed(() => {
    const all = perFacet((name) => each[name].value)
    return facets.every((name) => all[name] !== null) ? (all as Record<Facet, Panel>) : null
  })

  const focusedTerm = computed(() => {
    const current = panels.value?.[facet.value]
    return current && current.focused >= 0 ? termOf(cell(current.view.tree.key, current.focused)) : null
  })

  const remember = (term: Term): void => void found.set(term.key, term)

  const focus = (name: Facet, key: TermKey): void => {
    facet.value = name
    focusKeys[name] = key
  }

  return {
    record,
    here,
    panels,
    panel: (name) => {
      if (panels.value === null) throw new Error('no object is being visited')
      return panels.value[name]
    },
    facet,
    visitId,
    focusedTerm,
    term: termOf,
    remember,
    enter: (name) => (facet.value = name),
    focus,
    show: (key) => {
      const name = facetOf(key)
      const view = each[name].value?.view
      const node = view?.tree.nodeOf.get(key)
      if (view && node !== undefined) openings[name] = reveal(view, node)
      focus(name, key)
    },
    open: (name, next) => (openings[name] = next),
    toggleWhole: (name) => {
      whole[name] = !whole[name]
      openings[name] = new Map()
    },
    toggleRejected: (name) => (rejectedShown[name] = !rejectedShown[name]),
    toggleUnlikely: (name) => (unlikelyShown[name] = !unlikelyShown[name]),
    showWaiting: (name) => {
      const known = vocabulary.value
      if (visits.value === null || known === null) return
      visits.value = { ...visits.value, [name]: showWaiting(visits.value[name], rulesOf(name, known.trees)) }
    },
    decide: (decision) =>
      records.decide({ ...decision, objectId: objectId() } as Decision, { author: author(), at: new Date().toISOString(), term: termOf })
  }
}

/** The focused term's node where it shows, else its nearest visible ancestor; at first the best term of the facet, else the first row. */
function focusedNode(view: TreeView, key: TermKey | null, visit: FacetVisit): number {
  const wanted = key ?? visit.digits[0] ?? visit.line[0]
  const node = wanted === undefined ? undefined : view.tree.nodeOf.get(wanted)
  const visible = node === undefined ? -1 : visibleAncestor(view, node)
  return visible >= 0 ? visible : (view.rows[0] ?? -1)
}
