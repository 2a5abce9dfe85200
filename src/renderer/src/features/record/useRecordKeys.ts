import { cell } from '../../../../shared/domain/cell.ts'
import { facets, type Facet } from '../../../../shared/model/facet.ts'
import type { Term } from '../../../../shared/model/term.ts'
import { useKeys } from '../../composables/useKeys.ts'
import type { Commands } from './commands/useCommands.ts'
import type { useRecordOverlay } from './useRecordOverlay.ts'
import type { RecordVisit } from './useRecordVisit.ts'
import type { TypedAhead } from './useTypedAhead.ts'

export interface RecordKeysOptions {
  readonly recordVisit: RecordVisit
  readonly commands: Commands
  readonly overlay: ReturnType<typeof useRecordOverlay>
  readonly typedAhead: TypedAhead
  readonly enter: (facet: Facet) => unknown
  readonly step: (steps: 1 | -1) => void
  /** True while the next open object is looked for: only then does moving wait as well. */
  readonly searching: () => boolean
  readonly nextView: () => void
  /** Goes to the fields of the object. */
  readonly toFields: () => unknown
  /** Shows the picture alone, or the record again. */
  readonly toggleFull: () => void
}

/** Binds the keys of the record to its commands. */
export function useRecordKeys(options: RecordKeysOptions): void {
  const { recordVisit, commands, overlay, typedAhead, enter, step, nextView } = options
  const here = (): Facet => recordVisit.facet.value
  const decide = (act: () => unknown) => (): unknown => typedAhead.do(act)
  const open = (act: () => unknown) => (): unknown => typedAhead.open(act)
  const withTerm = (act: (term: Term) => unknown) => (): unknown => {
    const term = recordVisit.focusedTerm.value
    return term === null ? false : act(term)
  }
  const move = (steps: 1 | -1) => (): unknown => {
    if (options.searching() || typedAhead.waits()) return typedAhead.do(() => step(steps))
    return step(steps)
  }

  useKeys({
    'record.next': move(1),
    'record.previous': move(-1),
    'record.facet': (number) => typedAhead.do(() => enter(cell(facets, number - 1))),
    'record.accept': (digit) => typedAhead.do(() => commands.atDigit(digit, 'accepted')),
    'record.reject': (digit) => typedAhead.do(() => commands.atDigit(digit, 'rejected')),
    'record.closeFacet': decide(() => commands.closeFacet(here())),
    'record.reopenFacet': decide(() => commands.reopenFacet(here())),
    'record.rejectRest': decide(() => commands.rejectRest(here())),
    'record.notApplicable': decide(() => commands.setFacet(here(), 'notApplicable')),
    'record.notVisible': decide(() => commands.setFacet(here(), 'notVisible')),
    'record.certainty': decide(withTerm(commands.changeCertainty)),
    'record.broader': decide(withTerm((term) => void commands.toBroader(term))),
    'record.narrower': open(withTerm((term) => void overlay.narrower(term))),
    'record.repeat': decide(commands.repeat),
    'record.note': open(overlay.openNote),
    'record.fields': open(options.toFields),
    'record.number': open(overlay.openNumber),
    'record.flag': decide(commands.toggleFlag),
    'record.termInfo': open(withTerm(overlay.info)),
    'record.why': open(withTerm(overlay.why)),
    'record.wholeTree': decide(() => recordVisit.toggleWhole(here())),
    'record.unlikely': decide(() => recordVisit.toggleUnlikely(here())),
    'frame.find': open(() => overlay.findIn(here())),
    'image.nextView': nextView,
    'image.full': options.toggleFull
  })
}
