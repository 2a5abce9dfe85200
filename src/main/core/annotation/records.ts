import { isAbsolute, join } from 'node:path'
import { foldText } from '../../../shared/domain/fold.ts'
import { AppError } from '../../../shared/errors.ts'
import { facets } from '../../../shared/model/facet.ts'
import type { Card, ObjectFilter, ObjectOrder, ObjectRecord } from '../../../shared/model/record.ts'
import type { Statistics } from '../../../shared/model/catalogue.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { isFile } from '../lib/exists.ts'
import { suggestionsIn, termOf, type TermSource } from './hydrate.ts'
import type { FilterWord, ObjectList } from './object-list.ts'
import type { StoredRecord } from './stored-record.ts'

/** Objects as the windows, the command line and the exports read them. */
export interface Records {
  /** Throws `annotation.objectNotFound`. */
  record(objectId: number): Promise<ObjectRecord>
  ids(filter: ObjectFilter, order: ObjectOrder): Promise<ObjectList>
  cards(ids: readonly number[]): Promise<Card[]>
  statistics(): Promise<Statistics>
}

export function createRecords(catalogue: Catalogue, vocabulary: TermSource): Records {
  const folded = new Map<TermKey, string>()

  /** The labels of a term in all languages, folded; cached, because a filter needs them at every key press. */
  function foldedLabels(key: TermKey): string {
    let text = folded.get(key)
    if (text === undefined) {
      const { ca, en } = termOf(vocabulary, key).labels
      folded.set(key, (text = `${foldText(ca ?? '')}\n${foldText(en ?? '')}`))
    }
    return text
  }
  async function filterWords(text: string): Promise<FilterWord[]> {
    const words = foldText(text).split(' ').filter(Boolean)
    if (words.length === 0) return []
    const terms = await catalogue.read('acceptedTerms')
    return words.map((word) => ({
      text: word,
      conceptIds: terms.filter(({ key }) => foldedLabels(key).includes(word)).map(({ conceptId }) => conceptId)
    }))
  }
  return {
    async record(objectId) {
      const stored = await catalogue.read('storedRecord', objectId)
      if (stored === null) throw new AppError('annotation.objectNotFound', { id: objectId })
      return hydrate(stored, catalogue.folder, vocabulary)
    },
    async ids({ text, ...filter }, order) {
      return catalogue.read('objectIds', { ...filter, words: await filterWords(text), order })
    },
    async cards(ids) {
      const cards = await catalogue.read('objectCards', ids)
      return cards.map((card) => ({ ...card, term: card.term === null ? null : termOf(vocabulary, card.term).labels }))
    },
    statistics: () => catalogue.read('statistics')
  }
}

async function hydrate(stored: StoredRecord, folder: string, vocabulary: TermSource): Promise<ObjectRecord> {
  const { suggestions, annotations, ...record } = stored
  return {
    ...record,
    images: await Promise.all(
      stored.images.map(async ({ root, ...image }) => {
        const path = join(isAbsolute(root) ? root : join(folder, root), image.path)
        const found = image.path !== '' && (await isFile(path))
        return { ...image, path, found }
      })
    ),
    facets: facets.map((facet) => ({
      ...stored.facets[facet],
      ...suggestionsIn(suggestions[facet], stored.run, vocabulary),
      annotations: annotations[facet].map(({ key, ...annotation }) => ({ ...annotation, term: termOf(vocabulary, key) }))
    }))
  }
}
