import { perFacet } from '../../../shared/model/facet.ts'
import { describe, expect, it } from 'vitest'
import { createEdmWriter } from './edm.ts'
import { medal } from './examples.fixture.ts'
import { statementsOf, valuesOf, type Statement } from './rdf.fixture.ts'
import { richMedal, undecidedMedal, uris, writtenOf } from './web-formats.fixture.ts'

const options = { format: 'edm' as const, language: 'ca' as const }
const edm = (name: string): string => `http://www.europeana.eu/schemas/edm/${name}`
const dc = (name: string): string => `http://purl.org/dc/elements/1.1/${name}`
const rdfType = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'

async function graphOf(records: Parameters<typeof writtenOf>[1]): Promise<{ statements: Statement[]; codes: string[] }> {
  const { writer, written } = await writtenOf(createEdmWriter, records, options)
  const statements = await statementsOf(writer.head + written.map(({ text }) => text).join('') + writer.tail)
  return { statements, codes: written.flatMap(({ problems }) => problems).map(({ code, severity }) => `${severity} ${code}`) }
}

function ofClass(statements: readonly Statement[], name: string): string[] {
  return statements.filter(({ predicate, object }) => predicate === rdfType && object === name).map(({ subject }) => subject)
}

/** The required properties of the EDM Mapping Guidelines 2.4 (pages on the classes): what each instance lacks. */
function lacking(statements: readonly Statement[]): string[] {
  const counts = (subject: string, ...properties: string[]): number =>
    properties.flatMap((each) => valuesOf(statements, subject, each)).length
  const faults: string[] = []
  for (const object of ofClass(statements, edm('ProvidedCHO'))) {
    if (counts(object, dc('title'), dc('description')) === 0) faults.push(`${object}: title or description`)
    if (counts(object, dc('subject'), dc('type'), 'http://purl.org/dc/terms/spatial', 'http://purl.org/dc/terms/temporal') === 0)
      faults.push(`${object}: subject or type`)
    if (counts(object, edm('type')) !== 1) faults.push(`${object}: edm:type`)
  }
  for (const aggregation of ofClass(statements, 'http://www.openarchives.org/ore/terms/Aggregation')) {
    for (const property of ['aggregatedCHO', 'dataProvider', 'provider', 'rights'])
      if (counts(aggregation, edm(property)) !== 1) faults.push(`${aggregation}: ${property}`)
    if (counts(aggregation, edm('isShownAt'), edm('isShownBy')) === 0) faults.push(`${aggregation}: isShownAt or isShownBy`)
  }
  return faults
}

describe('EDM', () => {
  it('is RDF/XML with what the model requires of each object', async () => {
    const { statements } = await graphOf([richMedal(), medal({ id: 2, inventoryNumber: '0002' }), undecidedMedal()])
    expect(ofClass(statements, edm('ProvidedCHO')).length).toBe(3)
    expect(lacking(statements)).toEqual([])
    expect(lacking(statements.filter(({ predicate }) => predicate !== edm('rights')))).not.toEqual([])
  })

  it('describes an object by AAT concepts, fields and pictures with their rights', async () => {
    const { statements, codes } = await graphOf([richMedal()])
    const [object = ''] = ofClass(statements, edm('ProvidedCHO'))
    expect(valuesOf(statements, object, dc('type'))).toEqual([uris.medal])
    expect(valuesOf(statements, object, 'http://purl.org/dc/terms/medium')).toEqual([uris.bronze])
    expect(valuesOf(statements, object, dc('creator'))).toEqual(['Josep Llimona'])
    expect(valuesOf(statements, uris.bronze, 'http://www.w3.org/2004/02/skos/core#prefLabel')).toContain('bronze')
    expect(valuesOf(statements, 'https://museum.test/capsa%201/0001.jpg', edm('rights'))).toEqual([
      'https://creativecommons.org/licenses/by/4.0/'
    ])
    expect(valuesOf(statements, 'https://museum.test/capsa%201/0001%20dors.tif', edm('rights'))).toEqual([
      'http://rightsstatements.org/vocab/CNE/1.0/'
    ])
    expect(codes).toEqual(['warning export.noRights'])
  })

  it('says the note, and in words which terms nobody accepted', async () => {
    const { statements } = await graphOf([richMedal()])
    const [object = ''] = ofClass(statements, edm('ProvidedCHO'))
    const descriptions = valuesOf(statements, object, dc('description'))
    expect(descriptions).toContain('Vora <gastada> & neta')
    expect(descriptions.find((text) => text.startsWith('Termes que ningú no ha acceptat'))).toMatch(/suggerit, 0\.40.*dubtós/)
  })

  it('takes a suggestion for the required property only where there is no accepted term, marked', async () => {
    const { statements, codes } = await graphOf([undecidedMedal()])
    const [object = ''] = ofClass(statements, edm('ProvidedCHO'))
    expect(valuesOf(statements, object, dc('type'))).toEqual(['medalla (suggerit, 0.91)'])
    expect(codes).toContain('warning export.onlySuggestedType')
  })

  it('refuses objects without a picture, or without any type or subject', async () => {
    const { codes } = await graphOf([medal({ images: [] }), medal({ annotations: perFacet(() => []) })])
    expect(codes.filter((code) => code.startsWith('error'))).toEqual(['error export.noPicture', 'error export.noTypeOrSubject'])
  })
})
