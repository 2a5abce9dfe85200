import type { ObjectFilter } from '../../../shared/model/record.ts'

type Translate = (key: string, named?: Record<string, unknown>) => string

/** The name of a filter, made of its parts: "Nous, «àmfora»"; empty for the filter that lets everything through. */
export function filterWords(filter: Partial<ObjectFilter>, t: Translate): string {
  const parts = (filter.status ?? []).map((status) => t(`frame.status.${status}`))
  if (filter.suggested === true) parts.push(t('frame.withSuggestions'))
  if (filter.suggested === false) parts.push(t('frame.withoutSuggestions'))
  if (filter.flagged === true) parts.push(t('frame.flagged'))
  if (filter.missing === true) parts.push(t('originals.filter'))
  if (filter.text !== undefined && filter.text.trim() !== '') parts.push(t('frame.quoted', { text: filter.text.trim() }))
  if (filter.fields !== undefined && filter.fields.length > 0) parts.push(t('inventory.byFields'))
  return parts.join(', ')
}
