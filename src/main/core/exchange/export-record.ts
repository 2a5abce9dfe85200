import { perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { FieldMeaning } from '../../../shared/model/field.ts'
import type { ExportWhat } from '../../../shared/model/exchange.ts'
import type { Annotation, FacetRecord, Image, ObjectRecord, Suggestion } from '../../../shared/model/record.ts'
import type { Term } from '../../../shared/model/term.ts'
import { suggestionsIn, termOf, type TermSource } from '../annotation/hydrate.ts'
import type { StoredRecord } from '../annotation/stored-record.ts'
import type { ExportRun } from './operations.ts'

/** An image as exports name it; `path` is relative to the folder that was imported, so that it tells nothing of this machine. */
export type ExportImage = Pick<Image, 'sha256' | 'fileName' | 'path' | 'format' | 'width' | 'height' | 'metadata'>

/** The exported content of a facet: terms that people accepted or left uncertain, and, separately, a model's suggestions. */
export interface ExportFacet extends Omit<FacetRecord, 'annotations' | 'suggestions' | 'outside'> {
  readonly accepted: readonly ExportAnnotation[]
  readonly uncertain: readonly ExportAnnotation[]
  readonly suggested: readonly ExportSuggestion[]
}

export type ExportAnnotation = Annotation & {
  /** The run that had suggested the term when it was decided. */
  readonly run: ExportRun | null
  /** The suggestion of the same concept in the newest run. */
  readonly suggestion: Suggestion | null
}

export type ExportSuggestion = Suggestion & {
  readonly run: ExportRun | null
  /** Whether a person accepted the suggested term. */
  readonly accepted: boolean
}

/** An object as exporters get it: with terms instead of keys, and only the requested ones. */
export interface ExportRecord extends Omit<ObjectRecord, 'images' | 'facets' | 'run'> {
  readonly images: readonly ExportImage[]
  readonly facets: Record<Facet, ExportFacet>
}

/**
 * The record to export of a stored one. `accepted`: what people accepted; `suggested`: what the newest run suggests and
 * nobody rejected; `all`: what people accepted or left uncertain, and the suggestions that nobody decided.
 */
export function exportRecordOf(
  stored: StoredRecord,
  what: ExportWhat,
  vocabulary: TermSource,
  runs: ReadonlyMap<number, ExportRun>
): ExportRecord {
  const { id, inventoryNumber, label, status, flagged, note, fields } = stored
  return {
    id,
    inventoryNumber,
    label,
    status,
    flagged,
    note,
    fields,
    images: stored.images.map(({ sha256, fileName, path, format, width, height, metadata }) => ({
      sha256,
      fileName,
      path: path.replaceAll('\\', '/'),
      format,
      width,
      height,
      metadata
    })),
    facets: perFacet((facet) => facetOfRecord(stored, facet, what, vocabulary, runs))
  }
}

function facetOfRecord(
  stored: StoredRecord,
  facet: Facet,
  what: ExportWhat,
  vocabulary: TermSource,
  runs: ReadonlyMap<number, ExportRun>
): ExportFacet {
  const { suggestions } = suggestionsIn(stored.suggestions[facet], stored.run, vocabulary)
  const byConcept = new Map(suggestions.map((suggestion) => [conceptOf(suggestion.term), suggestion]))
  const annotations = stored.annotations[facet].map(({ key, ...annotation }): ExportAnnotation => {
    const term = termOf(vocabulary, key)
    const run = annotation.suggested === null ? null : (runs.get(annotation.suggested.runId) ?? null)
    return { ...annotation, term, run, suggestion: byConcept.get(conceptOf(term)) ?? null }
  })
  const states = new Map(annotations.map((annotation) => [conceptOf(annotation.term), annotation.state]))
  const isWanted = (state: Annotation['state'] | undefined): boolean =>
    what === 'suggested' ? state !== 'rejected' : what === 'all' && state === undefined
  return {
    ...stored.facets[facet],
    accepted: what === 'suggested' ? [] : annotations.filter(({ state }) => state === 'accepted'),
    uncertain: what === 'all' ? annotations.filter(({ state }) => state === 'uncertain') : [],
    suggested: suggestions
      .filter(({ term }) => isWanted(states.get(conceptOf(term))))
      .map((suggestion) => ({
        ...suggestion,
        run: runs.get(suggestion.runId) ?? null,
        accepted: states.get(conceptOf(suggestion.term)) === 'accepted'
      }))
  }
}

/** What makes two terms of a facet the same concept: the AAT id, or for a term without one its own place. */
function conceptOf(term: Term): string {
  return term.aatId ?? term.key
}

/** What the first filled field of a meaning says of an object. */
export function fieldOfMeaning(record: ExportRecord, meaning: FieldMeaning): string | null {
  return record.fields.find((field) => field.meaning === meaning && field.value !== '')?.value ?? null
}

/** The title of an object: that of a field, else the one that its image files carry. */
export function titleIn(record: ExportRecord): string | null {
  return fieldOfMeaning(record, 'title') ?? firstOfImages(record, 'title')
}

/** The first text that the images of an object carry in a field of their metadata. */
export function firstOfImages(record: ExportRecord, field: 'title' | 'description'): string | null {
  for (const { metadata } of record.images) if (metadata[field]?.trim()) return metadata[field].trim()
  return null
}
