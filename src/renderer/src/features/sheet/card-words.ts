import { facets } from '../../../../shared/model/facet.ts'
import type { Card } from '../../../../shared/model/record.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string

/** The symbols of a card in words, after its label, for screen readers. */
export function cardWords(card: Card, t: Translate): string {
  const parts = [t(`frame.statusOne.${card.status}`)]
  for (const facet of facets) parts.push(`${t(`frame.facet.${facet}`)} ${t(`frame.facetState.${card.facetStates[facet]}`)}`)
  if (card.accepted > 0) parts.push(t('sheet.acceptedTerms', { n: card.accepted }, card.accepted))
  if (!card.suggested) parts.push(t('sheet.noSuggestionsYet'))
  if (card.flagged) parts.push(t('frame.flagged'))
  if (card.missing) parts.push(t('originals.one'))
  if (card.views > 1) parts.push(t('sheet.views', { n: card.views }, card.views))
  return parts.join(', ')
}
