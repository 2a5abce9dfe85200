import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Facet } from '../../../../../shared/model/facet.ts'
import type { Term } from '../../../../../shared/model/term.ts'
import { answerInWords } from '../../../composables/useStatusHint.ts'
import { useTermWords } from '../useTermWords.ts'
import type { DecisionPart, Panel, RecordVisit } from '../useRecordVisit.ts'

export interface CommandsOptions {
  readonly recordVisit: RecordVisit
  /** Goes to the next object that is not closed. */
  readonly toNextOpen: () => void
  /** Puts the focus into the tree of a facet. */
  readonly enter: (facet: Facet) => void
}

/** The last decision of this window, for the key "repeat"; outlives the object. */
const last = shallowRef<DecisionPart | null>(null)
/** The terms that it names: another object may not know them. */
let lastTerms: readonly Term[] = []

/** Shared by all commands of the record: the visit, the words, and decisions with a memory of the last one. */
export function useCommandContext(options: CommandsOptions) {
  const { t } = useI18n()
  const words = useTermWords()
  const { recordVisit } = options
  return {
    ...options,
    t,
    words,
    say: answerInWords,
    last,
    panelOf: (facet: Facet): Panel => recordVisit.panel(facet),
    facetName: (facet: Facet): string => t(`frame.facet.${facet}`),
    /** Stores a decision; `repeatable` ones are what the key "repeat" does again. */
    decide: (decision: DecisionPart, repeatable = true): void => {
      if (repeatable) {
        last.value = decision
        const keys = decision.kind === 'term' ? [decision.term] : decision.kind === 'replace' ? [decision.from, decision.to] : []
        lastTerms = keys.map(recordVisit.term).filter((term) => term !== null)
      }
      void recordVisit.decide(decision)
    },
    /** Makes the terms of the last decision known to the object on screen. */
    rememberLast: (): void => lastTerms.forEach(recordVisit.remember)
  }
}

export type CommandContext = ReturnType<typeof useCommandContext>
