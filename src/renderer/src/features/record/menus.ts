import type { Image, TermState } from '../../../../shared/model/record.ts'
import type { Term } from '../../../../shared/model/term.ts'
import { keyAction, type KeyActionId } from '../../keys/keymap.ts'
import { patternLabel } from '../../keys/labels.ts'
import type { Command } from '../../components/AppMenu.vue'
import { openSuggestions } from '../../../../shared/domain/decided-record.ts'
import type { Panel } from './useRecordVisit.ts'

type Translate = (key: string, named?: Record<string, unknown>) => string

const keysOf = (t: Translate, id: KeyActionId): string => patternLabel(keyAction(id).keys[0] ?? '', t)

/** The commands of the object: its record card, and in the desktop program the file of the picture on screen. */
export function objectMenu(t: Translate, image: Image | null, desktop: boolean): Command[] {
  const card: Command = { id: 'card', label: t('print.card') }
  if (!desktop) return [card]
  const disabled = image?.found !== true
  return [
    card,
    { id: 'showInFolder', label: t('print.showInFolder'), disabled },
    { id: 'openOriginal', label: t('print.openOriginal'), disabled }
  ]
}

/** The commands of a facet: those that have a key name it, so that the menu teaches them. */
export function facetMenu(t: Translate, panel: Panel): Command[] {
  const { state } = panel.record
  const rejected = panel.visit.rejectedBefore.length
  const commands: Command[] = [
    state === 'open'
      ? { id: 'close', label: t('record.menu.closeFacet'), keys: keysOf(t, 'record.closeFacet') }
      : { id: 'reopen', label: t('record.menu.openFacet'), keys: keysOf(t, 'record.reopenFacet') },
    {
      id: 'rejectRest',
      label: t('record.menu.rejectRest'),
      keys: keysOf(t, 'record.rejectRest'),
      disabled: openSuggestions(panel.record).length === 0
    },
    { id: 'notApplicable', label: t('record.menu.notApplicable'), keys: keysOf(t, 'record.notApplicable') },
    { id: 'notVisible', label: t('record.menu.notVisible'), keys: keysOf(t, 'record.notVisible') },
    { id: 'find', label: t('record.menu.find'), keys: keysOf(t, 'frame.find') },
    { id: 'whole', label: t(panel.whole ? 'record.menu.prunedTree' : 'record.menu.wholeTree'), keys: keysOf(t, 'record.wholeTree') }
  ]
  if (rejected > 0)
    commands.push({
      id: 'rejected',
      label: t(panel.showRejected ? 'record.menu.hideRejected' : 'record.menu.showRejected', { n: rejected })
    })
  if (panel.visit.unlikely.length > 0)
    commands.push({
      id: 'unlikely',
      label: t(panel.showUnlikely ? 'record.menu.hideUnlikely' : 'record.menu.showUnlikely', { n: panel.visit.unlikely.length }),
      keys: keysOf(t, 'record.unlikely')
    })
  return commands
}

/** The commands of the term that has the focus (docs/interface.md, "Keys"), then those of its facet. */
export function termMenu(t: Translate, term: Term, state: TermState, panel: Panel): Command[] {
  const disabled = !term.assignable
  const again = t('record.state.open')
  return [
    {
      id: 'accept',
      label: t('record.menu.accept'),
      keys: keysOf(t, 'tree.accept'),
      disabled,
      ...(state === 'accepted' ? { hint: `→ ${again}` } : {})
    },
    {
      id: 'reject',
      label: t('record.menu.reject'),
      keys: keysOf(t, 'tree.reject'),
      disabled,
      ...(state === 'rejected' ? { hint: `→ ${again}` } : {})
    },
    { id: 'certainty', label: t('record.menu.certainty'), keys: keysOf(t, 'record.certainty'), disabled },
    { id: 'broader', label: t('record.menu.broader'), keys: keysOf(t, 'record.broader') },
    { id: 'narrower', label: t('record.menu.narrower'), keys: keysOf(t, 'record.narrower') },
    { id: 'info', label: t('record.menu.info'), keys: keysOf(t, 'record.termInfo') },
    { id: 'why', label: t('record.menu.why'), keys: keysOf(t, 'record.why') },
    ...facetMenu(t, panel)
  ]
}
