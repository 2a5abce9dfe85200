import { facets } from '../../../shared/model/facet.ts'
import type { ExchangeProblem } from '../../../shared/model/exchange.ts'
import type { Term } from '../../../shared/model/term.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { fieldOfMeaning, firstOfImages, type ExportImage, type ExportRecord, type ExportSuggestion } from './export-record.ts'
import { facetNames } from './headings.ts'
import { conceptContent, lidoTerms } from './lido-concept.ts'
import { mediaTypeOf, numberOf, relativeAddress, sourceOf, spanOf, titleOf } from './record-facts.ts'
import { problemOf, type ExportContext } from './record-writer.ts'
import { element, escapeXml, hasForbidden } from './xml.ts'

/** `lido:type` of what a model suggested and nobody reviewed. */
const suggestionType = 'machine suggestion, not reviewed'

/** A LIDO record as one line of XML, and what a person should know about it. With an error it is not fit to be written. */
export interface LidoRecord {
  readonly xml: string
  readonly problems: ExchangeProblem[]
}

/**
 * Makes the LIDO 1.1 record of an object: object types → objectWorkType, disciplines → classification, materials →
 * termMaterialsTech of the object, subjects → subjectConcept. Suggestions, where they are asked for, are never among
 * these except for the mandatory objectWorkType: they are classifications of their own type, added for retrieval only.
 */
export function lidoRecord(record: ExportRecord, context: ExportContext): LidoRecord {
  const problems: ExchangeProblem[] = []
  const find = (severity: ExchangeProblem['severity'], field: string, code: string, data: ExchangeProblem['data'] = {}): void => {
    problems.push(problemOf(record, severity, field, code, data))
  }
  const { language } = context.options
  const types = record.facets.objectTypes
  const [suggestedType] = types.suggested
  const accepted = types.accepted.map(({ term }) => term)
  if (accepted.length === 0 && suggestedType === undefined) find('error', 'objectWorkType', 'export.noObjectType')
  else if (accepted.length === 0) find('warning', 'objectWorkType', 'export.onlySuggestedType')
  checkRecord(record, context, find)

  const subjects = record.facets.subjects.accepted
    .map(({ term }) => term)
    .filter((term) => {
      const isType = term.aatId !== null && accepted.some((type) => type.aatId === term.aatId)
      if (isType) find('warning', 'subjectConcept', 'export.subjectIsObjectType', { term: labelIn(term.labels, language).text })
      return !isType
    })

  const workTypes =
    accepted.length > 0 || suggestedType === undefined
      ? accepted.map((term) => element('lido:objectWorkType', {}, conceptContent(term, context.options)))
      : [element('lido:objectWorkType', { 'lido:type': suggestionType }, conceptContent(suggestedType.term, context.options, 'yes'))]
  const xml = element(
    'lido:lido',
    {},
    element('lido:lidoRecID', { 'lido:type': lidoTerms.local, 'lido:source': sourceOf(context) }, escapeXml(recordId(record, context))),
    element(
      'lido:descriptiveMetadata',
      { 'xml:lang': language },
      element('lido:objectClassificationWrap', {}, element('lido:objectWorkTypeWrap', {}, ...workTypes), classifications(record, context)),
      identification(record, context),
      production(record),
      subjectsOf(subjects, context)
    ),
    administration(record, context)
  )
  return { xml, problems }
}

type Find = (severity: ExchangeProblem['severity'], field: string, code: string, data?: ExchangeProblem['data']) => void

/** Finds what does not make a record invalid but should be known before it goes out. */
function checkRecord(record: ExportRecord, context: ExportContext, find: Find): void {
  if (record.inventoryNumber === null) find('warning', 'recordID', 'export.noInventoryNumber')
  if (context.institution.trim() === '') find('warning', 'recordSource', 'export.noInstitution')
  for (const facet of facets) {
    for (const { term } of record.facets[facet].accepted) {
      const name = labelIn(term.labels, 'ca')
      if (term.aatId === null) find('warning', 'conceptID', 'export.noAatId', { term: name.text })
      if (term.labels.ca === null) find('warning', 'term (ca)', 'export.noCatalan', { term: name.text })
    }
  }
  const texts = [
    record.label,
    context.institution,
    ...record.fields.map(({ value }) => value),
    ...record.images.flatMap(({ fileName, metadata: { title, description, rights } }) => [fileName, title, description, rights])
  ]
  if (texts.some((text) => text !== null && hasForbidden(text))) find('warning', 'lido', 'export.forbiddenCharacters')
}

function classifications(record: ExportRecord, context: ExportContext): string {
  const own = record.facets.disciplines.accepted.map(({ term }) =>
    element('lido:classification', { 'lido:type': 'discipline' }, conceptContent(term, context.options))
  )
  const suggested = facets.flatMap((facet) =>
    record.facets[facet].suggested.map(({ term, rank }) =>
      element(
        'lido:classification',
        { 'lido:type': `${suggestionType}: ${facetNames[facet].en.toLowerCase()}`, 'lido:sortorder': String(rank) },
        conceptContent(term, context.options, 'yes')
      )
    )
  )
  const all = [...own, ...suggested]
  return all.length === 0 ? '' : element('lido:classificationWrap', {}, ...all)
}

function identification(record: ExportRecord, context: ExportContext): string {
  const materials = record.facets.materials.accepted.map(({ term }) => term)
  return element(
    'lido:objectIdentificationWrap',
    {},
    element('lido:titleWrap', {}, element('lido:titleSet', {}, element('lido:appellationValue', {}, escapeXml(titleOf(record, context))))),
    record.inventoryNumber === null ? '' : repository(record, record.inventoryNumber, context),
    descriptions(record, context),
    measurements(record),
    materials.length === 0
      ? ''
      : element(
          'lido:objectMaterialsTechWrap',
          {},
          element(
            'lido:objectMaterialsTechSet',
            {},
            display('lido:displayMaterialsTech', materials, context),
            element(
              'lido:materialsTech',
              {},
              ...materials.map((term) =>
                element('lido:termMaterialsTech', { 'lido:type': lidoTerms.material }, conceptContent(term, context.options))
              )
            )
          )
        )
  )
}

function repository(record: ExportRecord, inventoryNumber: string, context: ExportContext): string {
  const name = element(
    'lido:repositoryName',
    {},
    element('lido:legalBodyName', {}, element('lido:appellationValue', {}, escapeXml(sourceOf(context))))
  )
  const workId = element('lido:workID', { 'lido:type': 'inventory number' }, escapeXml(inventoryNumber))
  const place = fieldOfMeaning(record, 'location')
  const location =
    place === null
      ? ''
      : element('lido:repositoryLocation', {}, element('lido:namePlaceSet', {}, element('lido:appellationValue', {}, escapeXml(place))))
  return element('lido:repositoryWrap', {}, element('lido:repositorySet', {}, name, workId, location))
}

function measurements(record: ExportRecord): string {
  const text = fieldOfMeaning(record, 'measurements')
  if (text === null) return ''
  const set = element('lido:objectMeasurementsSet', {}, element('lido:displayObjectMeasurements', {}, escapeXml(text)))
  return element('lido:objectMeasurementsWrap', {}, set)
}

/** Who made the object and when, as an event of production (LIDO terminology, lido00007). */
function production(record: ExportRecord): string {
  const maker = fieldOfMeaning(record, 'maker')
  const dating = fieldOfMeaning(record, 'dating')
  if (maker === null && dating === null) return ''
  const type = element('skos:Concept', { 'rdf:about': lidoTerms.production }, element('skos:prefLabel', { 'xml:lang': 'en' }, 'Production'))
  const actor = maker === null ? '' : element('lido:eventActor', {}, element('lido:displayActorInRole', {}, escapeXml(maker)))
  const event = element('lido:event', {}, element('lido:eventType', {}, type), actor, dating === null ? '' : eventDate(dating))
  return element('lido:eventWrap', {}, element('lido:eventSet', {}, event))
}

/** A dating as it is written; one that is a year, a date or two years joined by a dash as a span too. */
function eventDate(dating: string): string {
  const dates = spanOf(dating)
  const span =
    dates === null ? '' : element('lido:date', {}, element('lido:earliestDate', {}, dates.from), element('lido:latestDate', {}, dates.to))
  return element('lido:eventDate', {}, element('lido:displayDate', {}, escapeXml(dating)), span)
}

/** The description of a field, the one that the image files carry, and a note that says which terms are a model's. */
function descriptions(record: ExportRecord, { options: { language } }: ExportContext): string {
  const sets: string[] = []
  const texts = [fieldOfMeaning(record, 'description'), firstOfImages(record, 'description')]
  for (const description of new Set(texts.filter((text) => text !== null))) {
    sets.push(element('lido:objectDescriptionSet', {}, element('lido:descriptiveNoteValue', {}, escapeXml(description))))
  }
  const suggested = facets.flatMap((facet) => record.facets[facet].suggested)
  if (suggested.length > 0) sets.push(suggestionNote(suggested, language))
  return sets.length === 0 ? '' : element('lido:objectDescriptionWrap', {}, ...sets)
}

function suggestionNote(suggested: readonly ExportSuggestion[], language: 'ca' | 'en'): string {
  const parts = suggested.map(({ term, rank, probability }) => {
    const facet = facetNames[term.facet][language]
    return `${facet} ${rank}: ${labelIn(term.labels, language).text} (${probability.toFixed(2)})`
  })
  const begin = {
    ca: 'Suggeriments d’un model, no revisats per ningú, amb el rang i la versemblança',
    en: 'Suggestions of a model that nobody has reviewed, with rank and likelihood'
  }[language]
  const runs = new Set(
    suggested.map(({ run }) => (run === null ? '' : `${run.bundleId} ${run.bundleVersion}, run ${run.id}, ${run.startedAt}`))
  )
  return element(
    'lido:objectDescriptionSet',
    { 'lido:type': suggestionType },
    element('lido:descriptiveNoteValue', { 'xml:lang': language }, escapeXml(`${begin}: ${parts.join('; ')}`)),
    ...[...runs].filter(Boolean).map((run) => element('lido:sourceDescriptiveNote', {}, escapeXml(run)))
  )
}

function subjectsOf(terms: readonly Term[], context: ExportContext): string {
  if (terms.length === 0) return ''
  const sets = terms.map((term) =>
    element(
      'lido:subjectSet',
      {},
      display('lido:displaySubject', [term], context),
      element('lido:subject', {}, element('lido:subjectConcept', {}, conceptContent(term, context.options)))
    )
  )
  return element('lido:objectRelationWrap', {}, element('lido:subjectWrap', {}, ...sets))
}

/** Labels for people; the language is stated only where it holds for all of them. */
function display(name: string, terms: readonly Term[], { options: { language } }: ExportContext): string {
  const labels = terms.map((term) => labelIn(term.labels, language))
  const all = labels.every((label) => label.language === language)
  return element(name, { 'xml:lang': all ? language : null }, escapeXml(labels.map((label) => label.text).join(', ')))
}

function administration(record: ExportRecord, context: ExportContext): string {
  const { language } = context.options
  const itemLevel = element(
    'skos:Concept',
    { 'rdf:about': lidoTerms.itemLevel },
    element('skos:prefLabel', { 'xml:lang': 'en' }, 'Item-level record')
  )
  const images = record.images.map(resource)
  return element(
    'lido:administrativeMetadata',
    { 'xml:lang': language },
    element(
      'lido:recordWrap',
      {},
      element('lido:recordID', { 'lido:type': lidoTerms.local, 'lido:source': sourceOf(context) }, escapeXml(numberOf(record))),
      element('lido:recordType', {}, itemLevel + element('lido:term', { 'xml:lang': 'en' }, 'item')),
      element(
        'lido:recordSource',
        {},
        element('lido:legalBodyName', {}, element('lido:appellationValue', {}, escapeXml(sourceOf(context))))
      ),
      element('lido:recordRights', {}, element('lido:creditLine', { 'xml:lang': 'en' }, escapeXml(context.attribution))),
      recordInfo(record)
    ),
    images.length === 0 ? '' : element('lido:resourceWrap', {}, ...images)
  )
}

/** When the record was last decided on, and by whom. */
function recordInfo(record: ExportRecord): string {
  const decided = facets.flatMap((facet) => {
    const { accepted, decidedAt, decidedBy } = record.facets[facet]
    const own = accepted.map(({ at, author }) => ({ at, author }))
    return decidedAt === null || decidedBy === null ? own : [...own, { at: decidedAt, author: decidedBy }]
  })
  const last = decided
    .map(({ at }) => at)
    .sort()
    .at(-1)
  if (last === undefined) return ''
  const authors = [...new Set(decided.map(({ author }) => author))].join(', ')
  return element(
    'lido:recordInfoSet',
    {},
    element('lido:recordMetadataDate', { 'lido:type': 'modified', 'lido:source': authors }, escapeXml(last))
  )
}

function resource(image: ExportImage, index: number): string {
  const { rights } = image.metadata
  return element(
    'lido:resourceSet',
    { 'lido:sortorder': String(index + 1) },
    element('lido:resourceID', { 'lido:type': lidoTerms.local }, escapeXml(image.fileName)),
    image.path === ''
      ? ''
      : element(
          'lido:resourceRepresentation',
          { 'lido:type': lidoTerms.image },
          element('lido:linkResource', { 'lido:formatResource': mediaTypeOf(image) }, relativeAddress(image))
        ),
    rights === null || rights.trim() === '' ? '' : rightsOf(rights.trim())
  )
}

/** Rights as the file states them: an address of a licence is a rights type, words are a credit line. */
function rightsOf(rights: string): string {
  const address = /https?:\/\/(?:creativecommons\.org|rightsstatements\.org)\/\S+/.exec(rights)?.[0]
  const type =
    address === undefined
      ? ''
      : element(
          'lido:rightsType',
          {},
          element('lido:conceptID', { 'lido:type': lidoTerms.uri }, escapeXml(address)) + element('lido:term', {}, escapeXml(rights))
        )
  return element('lido:rightsResource', {}, type, element('lido:creditLine', {}, escapeXml(rights)))
}

/** An id that is unique among all institutions: the name of this one as a word, then the number. */
function recordId(record: ExportRecord, context: ExportContext): string {
  const institution = sourceOf(context).trim().replace(/\s+/g, '-')
  return `${institution}/lido/${numberOf(record)}`
}
