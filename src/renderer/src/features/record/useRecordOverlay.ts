import { nextTick, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Facet } from '../../../../shared/model/facet.ts'
import type { Image } from '../../../../shared/model/record.ts'
import type { Term, TermKey } from '../../../../shared/model/term.ts'
import { useFiles } from '../../composables/useFiles.ts'
import type { Command } from '../../components/AppMenu.vue'
import type { Commands } from './commands/useCommands.ts'
import { facetMenu, objectMenu, termMenu } from './menus.ts'
import { stateOf } from '../../../../shared/domain/decided-record.ts'
import type { RecordVisit } from './useRecordVisit.ts'
import { useTermWords } from './useTermWords.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** The open overlay of the record, one at a time. */
export type Overlay =
  | { readonly kind: 'search'; readonly facet: Facet }
  | { readonly kind: 'note' | 'number' }
  | { readonly kind: 'info'; readonly term: Term }
  | { readonly kind: 'why'; readonly term: Term }
  | {
      readonly kind: 'menu'
      readonly name: string
      readonly items: readonly Command[]
      readonly at: Point
      readonly pick: (id: string) => unknown
    }

export interface OverlayOptions {
  readonly recordVisit: RecordVisit
  readonly commands: Commands
  readonly enter: (facet: Facet) => unknown
  /** Goes to where the record card of the object on screen is made. */
  readonly toCard: () => unknown
}

/** The windows and menus of the record, and what is picked in them. */
export function useRecordOverlay({ recordVisit, commands, enter, toCard }: OverlayOptions) {
  const { t } = useI18n()
  const words = useTermWords()
  const overlay = shallowRef<Overlay | null>(null)

  function close(): void {
    overlay.value = null
    void nextTick(() => enter(recordVisit.facet.value))
  }

  function findIn(facet: Facet): void {
    recordVisit.facet.value = facet
    overlay.value = { kind: 'search', facet }
  }

  function picked(term: Term): void {
    recordVisit.remember(term)
    commands.setState(term.key, 'accepted', true)
    recordVisit.show(term.key)
    close()
  }

  function info(term: Term | null): void {
    if (term !== null) overlay.value = { kind: 'info', term }
  }

  function why(term: Term | null): void {
    if (term !== null) overlay.value = { kind: 'why', term }
  }

  function menu(name: string, items: readonly Command[], at: Point, pick: (id: string) => unknown): void {
    overlay.value = { kind: 'menu', name, items, at, pick: async (id) => (close(), await nextTick(), pick(id)) }
  }

  /** Lists the narrower terms of a term, to put one in its place. */
  async function narrower(term: Term): Promise<void> {
    const at = besideFocus()
    const visit = recordVisit.visitId.value
    const terms = await commands.narrowerOf(term)
    if (terms.length === 0 || visit !== recordVisit.visitId.value) return
    const items = terms.map((each) => ({
      id: each.key,
      label: words.text(each),
      lang: words.label(each).language,
      disabled: !each.assignable
    }))
    menu(t('record.menu.narrowerOf', { term: words.text(term) }), items, at, (key) => {
      const to = terms.find((each) => each.key === key)
      if (to) commands.replace(term, to)
    })
  }

  function runFacetCommand(facet: Facet, id: string): void {
    const act: Record<string, () => unknown> = {
      close: () => commands.closeFacet(facet),
      reopen: () => commands.reopenFacet(facet),
      rejectRest: () => commands.rejectRest(facet),
      notApplicable: () => commands.setFacet(facet, 'notApplicable'),
      notVisible: () => commands.setFacet(facet, 'notVisible'),
      whole: () => recordVisit.toggleWhole(facet),
      rejected: () => recordVisit.toggleRejected(facet),
      unlikely: () => recordVisit.toggleUnlikely(facet),
      find: () => findIn(facet)
    }
    act[id]?.()
  }

  function runTermCommand(term: Term, id: string): unknown {
    const act: Record<string, () => unknown> = {
      accept: () => commands.setState(term.key, 'accepted'),
      reject: () => commands.setState(term.key, 'rejected'),
      certainty: () => commands.changeCertainty(term),
      broader: () => commands.toBroader(term),
      narrower: () => narrower(term),
      info: () => info(term),
      why: () => why(term)
    }
    return (act[id] ?? (() => runFacetCommand(term.facet, id)))()
  }

  function openTermMenu(key: TermKey, at: Point): void {
    const term = recordVisit.term(key)
    if (term === null) return
    const panel = recordVisit.panel(term.facet)
    const items = termMenu(t, term, stateOf(panel.record, term), panel)
    menu(t('record.menu.term', { term: words.text(term) }), items, at, (id) => runTermCommand(term, id))
  }

  function openFacetMenu(facet: Facet, at: Point): void {
    recordVisit.facet.value = facet
    const items = facetMenu(t, recordVisit.panel(facet))
    menu(t('record.menu.facet', { facet: t(`frame.facet.${facet}`) }), items, at, (id) => runFacetCommand(facet, id))
  }

  /** The menu of the object; `image` is the picture on screen. */
  function openObjectMenu(image: Image | null, at: Point): void {
    const files = useFiles()
    const act: Record<string, () => unknown> = {
      card: toCard,
      showInFolder: () => image && files?.showInFolder(image.path),
      openOriginal: () => image && files?.openPicture(image.path)
    }
    const name = t('print.objectMenuOf', { label: recordVisit.record.value?.label ?? '' })
    menu(name, objectMenu(t, image, files !== null), at, (id) => act[id]?.())
  }

  const openNumber = (): void => void (overlay.value = { kind: 'number' })
  const openNote = (): void => void (overlay.value = { kind: 'note' })

  return { overlay, close, findIn, picked, info, why, narrower, openTermMenu, openFacetMenu, openObjectMenu, openNote, openNumber }
}

/** Beside the focused row, for what its keys open. */
function besideFocus(): Point {
  const box = document.activeElement?.getBoundingClientRect()
  return box && box.width > 0 ? { x: box.left + 40, y: box.bottom } : { x: innerWidth / 2, y: innerHeight / 3 }
}
