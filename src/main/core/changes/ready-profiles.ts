import { changeProfileSchema, type ChangeProfile } from '../../../shared/model/changes.ts'
import { facets } from '../../../shared/model/facet.ts'

/** One column per facet, with the headings that a system knows. */
const perFacet = (headings: Readonly<Record<(typeof facets)[number], string>>) =>
  facets.map((facet) => ({ heading: headings[facet], value: `accepted.${facet}` as const }))

/**
 * Built-in layouts. Those for a collection system follow its published documentation on imports
 * (docs/difference-file.md names the documents); none was tried with a real installation, where each museum names its own fields.
 */
export const readyProfiles: readonly ChangeProfile[] = [
  {
    name: 'people',
    format: 'csv' as const,
    rows: 'term' as const,
    separator: ';' as const,
    spreadsheet: true,
    columns: (['number', 'files', 'change', 'facet', 'term', 'uri', 'certainty', 'who', 'when'] as const).map((value) => ({
      heading: value,
      value
    }))
  },
  {
    name: 'xml',
    format: 'xml' as const,
    rows: 'term' as const,
    columns: (['number', 'change', 'facet', 'uri', 'termCa', 'termEn', 'who', 'when'] as const).map((value) => ({ heading: value, value }))
  },
  {
    name: 'collectiveaccess',
    format: 'csv' as const,
    rows: 'object' as const,
    joiner: ';',
    termsAs: 'uri' as const,
    columns: [
      { heading: 'idno', value: 'number' as const },
      ...perFacet({ objectTypes: 'object_types', materials: 'materials', disciplines: 'disciplines', subjects: 'subjects' })
    ]
  },
  {
    name: 'omeka-s',
    format: 'csv' as const,
    rows: 'object' as const,
    joiner: '|',
    termsAs: 'uriAndLabel' as const,
    columns: [
      { heading: 'dcterms:identifier', value: 'number' as const },
      ...perFacet({
        objectTypes: 'dcterms:type',
        materials: 'dcterms:medium',
        disciplines: 'dcterms:coverage',
        subjects: 'dcterms:subject'
      })
    ]
  },
  {
    name: 'axiell',
    format: 'csv' as const,
    rows: 'object' as const,
    joiner: '|',
    columns: [
      { heading: 'object_number', value: 'number' as const },
      ...perFacet({ objectTypes: 'object_name', materials: 'material', disciplines: 'object_category', subjects: 'content.subject' })
    ]
  },
  {
    name: 'table',
    format: 'csv' as const,
    rows: 'object' as const,
    separator: ';' as const,
    spreadsheet: true,
    columns: (
      ['number', 'files', ...facets.flatMap((facet) => [`added.${facet}`, `removed.${facet}`] as const), 'who', 'when'] as const
    ).map((value) => ({ heading: value, value }))
  }
].map((profile) => changeProfileSchema.parse(profile))
