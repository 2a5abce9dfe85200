import { facets, type Facet } from '../../../../../shared/model/facet.ts'
import type { FacetState } from '../../../../../shared/model/record.ts'
import { openSuggestions } from '../../../../../shared/domain/decided-record.ts'
import type { CommandContext } from './context.ts'

/** Commands about a whole facet. A key that moves on never reopens what it meets: that is a command of its own. */
export function facetCommands({ t, say, decide, panelOf, facetName, enter, toNextOpen, recordVisit }: CommandContext) {
  const stateSaid = (facet: Facet, state: FacetState): string =>
    t('record.said.facet', { facet: facetName(facet), state: t(`frame.facetState.${state}`) })

  /** Moves to the next open facet of the object, wrapping around; if none is left, to the next open object. */
  function moveOn(from: Facet, said: readonly string[]): void {
    const place = facets.indexOf(from)
    const next = [...facets.slice(place + 1), ...facets.slice(0, place)].find((each) => panelOf(each).record.state === 'open')
    if (next === undefined) {
      say([...said, t('record.said.objectClosed', { label: recordVisit.record.value?.label ?? '' })].join(' '))
      return toNextOpen()
    }
    if (said.length > 0) say(said.join(' '))
    enter(next)
  }

  /** Decides about the facet and moves on; a facet already in this state does not change. */
  function decideFacet(facet: Facet, state: Exclude<FacetState, 'open'>): void {
    if (panelOf(facet).record.state === state) return moveOn(facet, [])
    decide({ kind: 'facet', facet, state })
    moveOn(facet, [stateSaid(facet, state)])
  }

  return {
    /** Not applicable, or cannot be seen. */
    setFacet: (facet: Facet, state: 'notApplicable' | 'notVisible'): void => decideFacet(facet, state),

    /** Closes an open facet and moves on; from a decided one it only moves on. */
    closeFacet: (facet: Facet): void => {
      if (panelOf(facet).record.state === 'open') decideFacet(facet, 'closed')
      else moveOn(facet, [])
    },

    /** Opens a decided facet again. */
    reopenFacet: (facet: Facet): void => {
      if (panelOf(facet).record.state === 'open') return say(t('record.said.isOpen', { facet: facetName(facet) }))
      decide({ kind: 'facet', facet, state: 'open' }, false)
      say(t('record.said.reopened', { facet: facetName(facet) }))
      enter(facet)
    },

    rejectRest: (facet: Facet): void => {
      const left = openSuggestions(panelOf(facet).record).length
      if (left === 0) return say(t('record.said.nothingLeft', { facet: facetName(facet) }))
      decide({ kind: 'rejectRest', facet })
      say(t('record.said.rejectedRest', { n: left, facet: facetName(facet) }, left))
    }
  }
}

export type FacetCommands = ReturnType<typeof facetCommands>
