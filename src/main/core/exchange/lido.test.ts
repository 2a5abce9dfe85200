import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XmlDocument, XmlElement } from 'libxml2-wasm'
import { describe, expect, test } from 'vitest'
import { perFacet } from '../../../shared/model/facet.ts'
import type { ExchangeProblem, ExportOptions } from '../../../shared/model/exchange.ts'
import type { FieldMeaning, ObjectField } from '../../../shared/model/field.ts'
import type { StoredRecord } from '../annotation/stored-record.ts'
import {
  accepted,
  bronze,
  contextOf,
  directValidator,
  image,
  lidoFixtures,
  medal,
  runs,
  schemaFolder,
  storedRun,
  suggestion,
  theVocabulary
} from './examples.fixture.ts'
import { exportRecordOf } from './export-record.ts'
import { createLidoWriter } from './lido.ts'
import type { ExportContext } from './record-writer.ts'

const namespaces = {
  lido: 'http://www.lido-schema.org',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
}

async function write(
  stored: StoredRecord[],
  options: Partial<ExportOptions> = {},
  change: Partial<ExportContext> = {}
): Promise<{ text: string; problems: ExchangeProblem[] }> {
  const vocabulary = await theVocabulary()
  const context = await contextOf({ format: 'lido', ...options }, change)
  const writer = createLidoWriter(context, directValidator)
  try {
    const written = await writer.write(stored.map((record) => exportRecordOf(record, context.options.what, vocabulary, runs)))
    const fit = written.filter(({ problems }) => problems.every(({ severity }) => severity !== 'error'))
    return {
      text: writer.head + fit.map(({ text }) => text).join('') + writer.tail,
      problems: written.flatMap(({ problems }) => [...problems])
    }
  } finally {
    await writer.close()
  }
}

/** The part of a document at a path as canonical text, without the white space between elements. */
function part(xml: string, path: string): string {
  const document = XmlDocument.fromString(xml)
  const node = document.get(path, namespaces)
  const text = node instanceof XmlElement ? node.canonicalizeToString() : ''
  document.dispose()
  return text.replace(/>\s+</g, '><').replace(/ xmlns:\w+="[^"]*"/g, '')
}

function texts(xml: string, path: string): string[] {
  const document = XmlDocument.fromString(xml)
  const found = document.find(path, namespaces).map((node) => node.content)
  document.dispose()
  return found
}

describe('a record with terms of all four facets', () => {
  test.each(['objectClassificationWrap', 'titleWrap', 'objectMaterialsTechWrap', 'objectRelationWrap'])(
    'is the template, element by element: %s',
    async (wrap) => {
      const { text, problems } = await write([medal()])
      // The title comes from the image file, whose language nobody knows.
      const template = readFileSync(join(lidoFixtures, 'four-facets-lido-1.1.xml'), 'utf8').replace(
        '<lido:appellationValue xml:lang="ca">',
        '<lido:appellationValue>'
      )
      expect(problems).toEqual([])
      expect(part(text, `//lido:${wrap}`)).toBe(part(template, `//lido:${wrap}`))
      expect(part(text, `//lido:${wrap}`)).not.toBe('')
    }
  )

  test('has the parts that every record needs, and the image with its link and rights', async () => {
    const images = [
      image('capsa 1/0001 à.jpg', { rights: 'https://creativecommons.org/publicdomain/zero/1.0/' }),
      image('b.tif', { rights: '© Museu' })
    ]
    const { text } = await write([medal({ images })])
    expect(texts(text, '//lido:lidoRecID')).toEqual(['Museu-de-prova/lido/0001'])
    expect(texts(text, '//lido:recordID')).toEqual(['0001'])
    expect(texts(text, '//lido:recordType/lido:term')).toEqual(['item'])
    expect(texts(text, '//lido:recordSource//lido:appellationValue')).toEqual(['Museu de prova'])
    expect(texts(text, '//lido:workID')).toEqual(['0001'])
    expect(texts(text, '//lido:linkResource')).toEqual(['capsa%201/0001%20%C3%A0.jpg', 'b.tif'])
    expect(texts(text, '//lido:rightsResource//lido:conceptID')).toEqual(['https://creativecommons.org/publicdomain/zero/1.0/'])
    expect(texts(text, '//lido:rightsResource/lido:creditLine')[1]).toBe('© Museu')
    expect(texts(text, '//lido:recordMetadataDate')).toEqual(['2026-11-02T09:01:00.000Z'])
    expect(texts(text, '//lido:recordMetadataDate/@lido:source')).toEqual(['Mercè Puig'])
    expect(texts(text, '//lido:recordRights/lido:creditLine')[0]).toContain('J. Paul Getty Trust')
  })

  test('says what the fields of the inventory say, where LIDO has an element for it', async () => {
    const value = { kind: 'linked' as const, choices: [], author: null, at: null }
    const said = (meaning: FieldMeaning, text: string): ObjectField => ({ ...value, fieldId: 1, name: meaning, meaning, value: text })
    const fields = [
      said('title', 'Medalla <commemorativa>'),
      said('dating', '1888-1890'),
      said('maker', 'Eusebi Arnau'),
      said('measurements', 'Ø 5 cm'),
      said('location', 'Sala 3'),
      said('description', 'Bust de perfil'),
      said('other', 'no element of LIDO')
    ]
    const { text, problems } = await write([medal({ fields })])
    expect(problems).toEqual([])
    expect(texts(text, '//lido:titleSet/lido:appellationValue')).toEqual(['Medalla <commemorativa>'])
    expect(texts(text, '//lido:displayActorInRole')).toEqual(['Eusebi Arnau'])
    expect(texts(text, '//lido:displayDate')).toEqual(['1888-1890'])
    expect([texts(text, '//lido:earliestDate'), texts(text, '//lido:latestDate')]).toEqual([['1888'], ['1890']])
    expect(texts(text, '//lido:eventType/skos:Concept/@rdf:about')).toEqual(['http://terminology.lido-schema.org/lido00007'])
    expect(texts(text, '//lido:displayObjectMeasurements')).toEqual(['Ø 5 cm'])
    expect(texts(text, '//lido:repositoryLocation//lido:appellationValue')).toEqual(['Sala 3'])
    expect(texts(text, '//lido:descriptiveNoteValue')).toEqual(['Bust de perfil'])
    const { text: undated } = await write([medal({ fields: [said('dating', 's. XIX')] })])
    expect([texts(undated, '//lido:displayDate'), texts(undated, '//lido:date')]).toEqual([['s. XIX'], []])
  })

  test('is in English where English is asked for', async () => {
    const { text } = await write([medal()], { language: 'en' })
    expect(texts(text, '//lido:objectWorkType/lido:term')).toEqual(['medals', 'medalla'])
    expect(texts(text, '//lido:descriptiveMetadata/@xml:lang')).toEqual(['en'])
  })
})

describe('what a person is told', () => {
  test('a record without object type is left out, with the field', async () => {
    const { text, problems } = await write([
      medal({ annotations: { ...medal().annotations, objectTypes: [] } }),
      medal({ id: 2, inventoryNumber: '0002', label: '0002' })
    ])
    expect(problems).toMatchObject([
      { severity: 'error', objectId: 1, record: '0001', field: 'objectWorkType', code: 'export.noObjectType' }
    ])
    expect(texts(text, '//lido:recordID')).toEqual(['0002'])
  })

  test('a subject that is an object type of the record already is left out of the subjects, with a warning', async () => {
    const annotations = { ...medal().annotations, objectTypes: [accepted('objectTypes/retrat')] }
    const { text, problems } = await write([medal({ annotations })])
    expect(problems).toMatchObject([
      { severity: 'warning', field: 'subjectConcept', code: 'export.subjectIsObjectType', data: { term: 'retrat' } }
    ])
    expect(texts(text, '//lido:subjectConcept')).toEqual([])
  })

  test('terms without id or without Catalan label go out as what they are, with a warning each', async () => {
    const annotations = {
      ...perFacet(() => []),
      objectTypes: [accepted('objectTypes/pila')],
      materials: [accepted('materials/roca | roca sedimentària | chert')]
    }
    const { text, problems } = await write([medal({ annotations })])
    expect(problems.map(({ code }) => code)).toEqual(['export.noAatId', 'export.noCatalan'])
    expect(texts(text, '//lido:objectWorkType/lido:conceptID')).toEqual(['objectTypes/pila'])
    expect(texts(text, '//lido:objectWorkType/skos:Concept')).toEqual([])
    expect(texts(text, '//lido:termMaterialsTech/lido:term')).toEqual(['chert'])
  })

  test('a corrected label goes out in place of the published one', async () => {
    const { text } = await write([medal({ annotations: { ...medal().annotations, disciplines: [accepted('disciplines/*dance')] } })])
    expect(texts(text, '//lido:classification/lido:term')).toEqual(['dansa', 'dance'])
  })

  test('a record without number or institution still has both', async () => {
    const { text, problems } = await write([medal({ inventoryNumber: null, label: 'IMG_1.jpg' })], {}, { institution: ' ' })
    expect(problems.map(({ code }) => code)).toEqual(['export.noInventoryNumber', 'export.noInstitution'])
    expect(texts(text, '//lido:lidoRecID')).toEqual(['Prova/lido/object-1'])
  })

  test('any text is written so that it reads the same again; what XML forbids is left out with a warning', async () => {
    const title = 'Gerro <blau> & "gran" — l·l\n]]> 😀'
    const { text, problems } = await write([medal({ images: [image('a.jpg', { title, rights: 'ok\u0001' })] })])
    expect(texts(text, '//lido:titleSet/lido:appellationValue')).toEqual([title])
    expect(problems.map(({ code }) => code)).toEqual(['export.forbiddenCharacters'])
  })
})

describe('unofficial Catalan labels', () => {
  const annotations = { ...medal().annotations, objectTypes: [accepted('objectTypes/aat:300216968')] }

  test('are not written unless asked for', async () => {
    const { text } = await write([medal({ annotations })])
    expect(text).not.toContain('càntir')
    expect(text).not.toContain('lido:pref')
  })

  test('are alternatives beside the preferred label of the AAT, in a valid record', async () => {
    const { text, problems } = await write([medal({ annotations })], { unofficialLabels: true })
    expect(problems.map(({ code }) => code)).toEqual(['export.noCatalan'])
    expect(texts(text, '//lido:objectWorkType/lido:term[@lido:pref="http://terminology.lido-schema.org/lido00170"]')).toEqual(['càntir'])
    expect(texts(text, '//lido:objectWorkType/lido:term[@lido:pref="http://terminology.lido-schema.org/lido00169"]')).toEqual(['cantirs'])
    expect(texts(text, '//lido:objectWorkType/skos:Concept/skos:prefLabel')).toEqual(['cantirs'])
    expect(texts(text, '//lido:objectWorkType/skos:Concept/skos:altLabel')).toEqual(['càntir'])
  })
})

describe('suggestions', () => {
  const suggestions: StoredRecord['suggestions'] = {
    ...perFacet(() => []),
    objectTypes: [suggestion('objectTypes', 'objectTypes/medalla', 1, 0.8), suggestion('objectTypes', 'objectTypes/moneda', 2, 0.1)],
    materials: [suggestion('materials', bronze, 1, 0.7)]
  }

  test('are not written unless asked for', async () => {
    const { text } = await write([medal({ run: storedRun, suggestions })])
    expect(text).not.toContain('suggestion')
    expect(texts(text, '//lido:objectWorkType/lido:term')).toEqual(['medalla', 'medals'])
  })

  test('beside accepted terms are classifications of their own type, added for retrieval only, and described in words', async () => {
    const { text, problems } = await write([medal({ run: storedRun, suggestions })], { what: 'all' })
    expect(problems).toEqual([])
    expect(texts(text, '//lido:objectWorkType/lido:term')).toEqual(['medalla', 'medals'])
    expect(texts(text, '//lido:classification/@lido:type')).toEqual(['discipline', 'machine suggestion, not reviewed: object types'])
    expect(texts(text, '//lido:classification[2]/lido:term/@lido:addedSearchTerm')).toEqual(['yes', 'yes'])
    expect(texts(text, '//lido:sourceDescriptiveNote')).toEqual(['starter 1, run 7, 2026-11-01T08:00:00.000Z'])
  })

  test('alone make a valid record whose object type is marked as suggested', async () => {
    const { text, problems } = await write([medal({ run: storedRun, suggestions, annotations: perFacet(() => []) })], { what: 'suggested' })
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['export.onlySuggestedType', 'warning']])
    expect(texts(text, '//lido:objectWorkType/@lido:type')).toEqual(['machine suggestion, not reviewed'])
    expect(texts(text, '//lido:termMaterialsTech')).toEqual([])
    expect(texts(text, '//lido:classification')).toHaveLength(3)
  })

  test('that a person rejected never go out', async () => {
    const annotations = { ...perFacet(() => []), objectTypes: [accepted('objectTypes/medalla', { state: 'rejected' })] }
    const { text } = await write([medal({ run: storedRun, suggestions, annotations })], { what: 'suggested' })
    expect(text).not.toContain('medalla')
  })
})

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0

test.runIf(hasXmllint)('another validator finds the file valid too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-lido-'))
  try {
    const { text } = await write([medal(), medal({ id: 2, inventoryNumber: '0002', label: '0002' })])
    await writeFile(join(folder, 'a.xml'), text)
    execFileSync('xmllint', ['--nonet', '--noout', '--schema', join(schemaFolder, 'lido-v1.1.xsd'), join(folder, 'a.xml')], {
      stdio: 'pipe'
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
