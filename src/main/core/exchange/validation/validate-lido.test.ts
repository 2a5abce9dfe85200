import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorTables } from '../../../../shared/locales/error-tables.ts'
import { directValidator, lidoFixtures, schemaFolder, sharedLido } from '../examples.fixture.ts'
import type { ValidationReport } from '../../../../shared/model/exchange.ts'
import { validateLido } from './validate-lido.ts'
import { readSchematron } from './schematron.ts'
import { XmlDocument } from 'libxml2-wasm'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-validate-'))
})
afterEach(() => rm(folder, { recursive: true }))

function validate(file: string): Promise<ValidationReport> {
  return validateLido(file, directValidator)
}
async function validateText(text: string | Buffer): Promise<ValidationReport> {
  const file = join(folder, 'a.xml')
  await writeFile(file, text)
  return validate(file)
}

const template = readFileSync(join(lidoFixtures, 'four-facets-lido-1.1.xml'), 'utf8')
const sound = readdirSync(lidoFixtures).filter((name) => name.endsWith('.xml') && !name.startsWith('DDB_'))

test.each(sound)('the example %s is valid', async (name) => {
  const report = await validate(join(lidoFixtures, name))
  expect(report.problems).toEqual([])
  expect(report.valid).toBe(report.records)
  expect(report.records).toBeGreaterThan(0)
})

test('the damaged record fails where it was damaged', async () => {
  const report = await validate(join(lidoFixtures, 'DDB_LIDO_record_1.xml'))
  expect(report.problems.map(({ line, field, record }) => [line, field, record])).toEqual([
    [197, 'recordType', 'DE-MUS-059918/dc00018494'],
    [231, 'linkResource', 'DE-MUS-059918/dc00018494'],
    [258, 'resourceType', 'DE-MUS-059918/dc00018494']
  ])
})

test.runIf(existsSync(sharedLido))('real records validate as they do elsewhere, and the second damaged one fails', async () => {
  const real = join(sharedLido, 'AQinDa_DDB-real-data')
  for (const name of readdirSync(real)) expect([name, (await validate(join(real, name))).errors]).toEqual([name, 0])
  const report = await validate(join(sharedLido, 'AQinDa_manipulated_records/DDB_LIDO_record_2.xml'))
  expect(report.problems).toMatchObject([{ line: 4, field: 'descriptiveMetadata', data: { expected: 'lidoRecID' } }])
})

test('of many records the right ones are named, with their lines in the file', async () => {
  const record = /<lido:lido>[\s\S]*<\/lido:lido>/.exec(template)?.[0] ?? ''
  const records = Array.from({ length: 450 }, (_, index) => record.replaceAll('0001<', `${index}<`))
  records[123] = (records[123] ?? '').replace(/<lido:recordID[\s\S]*?<\/lido:recordID>/, '')
  records[449] = (records[449] ?? '').replace('<lido:term xml:lang="ca">medalla', '<lido:term xml:lang="una llengua">medalla')
  const text = template.replace(record, records.join('\n'))
  const report = await validateText(text)
  expect(report).toMatchObject({ records: 450, valid: 448, errors: report.problems.length })
  const lines = text.split('\n')
  const [missing, ...language] = report.problems
  expect(missing).toMatchObject({ record: 'prova/lido/123', field: 'recordType', code: 'validate.unexpectedElement' })
  expect(lines[(missing?.line ?? 0) - 1]).toContain('<lido:recordType>')
  expect(language.every((problem) => problem.record === 'prova/lido/449')).toBe(true)
  expect(lines[(language[0]?.line ?? 0) - 1]).toContain('una llengua')
})

describe('Schematron', () => {
  test('all rules of the schema are read', () => {
    const rules = readSchematron(XmlDocument.fromBuffer(readFileSync(join(schemaFolder, 'lido-v1.1.xsd'))))
    const names = new Set(rules.map((rule) => rule.name))
    expect([...names].sort()).toEqual([
      'sch_MixedContent',
      'sch_OWL',
      'sch_SKOS',
      'sch_SKOS_properties',
      'sch_collection',
      'sch_rightsType',
      'sch_rightsType_type'
    ])
    for (const name of names)
      for (const language of ['ca', 'en'] as const) expect(errorTables[language]).toHaveProperty([`validate.${name}`])
  })

  test.each([
    [
      'sch_SKOS_properties',
      'Concept',
      (text: string) => text.replace('<skos:prefLabel xml:lang="en">medals</skos:prefLabel>', '<lido:term>medals</lido:term>')
    ],
    [
      'sch_SKOS',
      'objectWorkType',
      (text: string) =>
        text.replaceAll(/skos:Concept(?= rdf:about="[^"]*300046025)/g, 'skos:Collection').replace('</skos:Concept>', '</skos:Collection>')
    ],
    [
      'sch_MixedContent',
      'extentMaterialsTech',
      (text: string) =>
        text.replace(
          '</lido:termMaterialsTech>',
          '</lido:termMaterialsTech><lido:extentMaterialsTech xml:lang="ca"><lido:term>anvers</lido:term></lido:extentMaterialsTech>'
        )
    ]
  ])('%s is checked', async (rule, field, damage) => {
    const report = await validateText(damage(template))
    expect(report.problems).toMatchObject([{ severity: 'error', field, code: `validate.${rule}`, record: 'prova/lido/0001' }])
  })
})

describe('what is no LIDO file', () => {
  test.each([
    ['a text', 'Això no és XML', 'validate.notXml'],
    ['nothing', '', 'validate.notXml'],
    ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'validate.encoding'],
    ['another root', '<?xml version="1.0"?><mods xmlns="http://www.loc.gov/mods/v3"/>', 'validate.root'],
    ['a root of the right name in another namespace', '<lido/>', 'validate.root'],
    ['an unknown encoding', '<?xml version="1.0" encoding="klingon"?><lido/>', 'validate.encoding'],
    ['a document type', '<!DOCTYPE lido SYSTEM "http://127.0.0.1:9/lido.dtd"><lido/>', 'validate.doctype'],
    ['an external entity', '<!DOCTYPE lido [<!ENTITY x SYSTEM "file:///etc/passwd">]><lido>&x;</lido>', 'validate.doctype'],
    ['an entity bomb', '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>', 'validate.doctype']
  ])('%s gives a sentence', async (_, text, code) => {
    await expect(validateText(text)).rejects.toMatchObject({ code })
    for (const language of ['ca', 'en'] as const) expect(errorTables[language]).toHaveProperty([code])
  })

  test('a missing file and a folder give a sentence', async () => {
    await expect(validate(join(folder, 'no hi és.xml'))).rejects.toMatchObject({ code: 'validate.notFound' })
    await expect(validate(folder)).rejects.toMatchObject({ code: 'validate.notFound' })
  })

  test('malformed XML is reported with its line and the findings before it', async () => {
    const record = /<lido:lido>[\s\S]*<\/lido:lido>/.exec(template)?.[0] ?? ''
    const report = await validateText(template.replace(record, `${record}\n<lido:lido>\n<a></b>`))
    expect(report).toMatchObject({ records: 1, valid: 1, errors: 1 })
    expect(report.problems).toMatchObject([
      { code: 'validate.notWellFormed', line: template.split('\n').findIndex((line) => line.includes('</lido:lido>')) + 3 }
    ])
  })

  test('a record without an end is refused before it fills the memory, and a very long identifier is cut', async () => {
    const [head = ''] = template.split('<lido:lido>')
    await expect(validateText(`${head}<lido:lido><a>${'x'.repeat(4_100_000)}`)).rejects.toMatchObject({
      code: 'validate.recordTooLarge',
      data: { line: head.split('\n').length - 1 }
    })
    const long = await validateText(template.replace('0001<', `${'y'.repeat(5000)}<`))
    expect(long.records).toBe(1)
  })

  test('a wrap without records, and two records of one id, are reported', async () => {
    const wrap = template.replace(/<lido:lido>[\s\S]*<\/lido:lido>/, '')
    expect((await validateText(wrap)).problems).toMatchObject([{ code: 'validate.noRecords' }])
    const record = /<lido:lido>[\s\S]*<\/lido:lido>/.exec(template)?.[0] ?? ''
    expect((await validateText(template.replace(record, record + record))).problems).toMatchObject([{ code: 'validate.repeatedId' }])
  })
})

test.each([
  ['latin1', 'ISO-8859-1'],
  ['utf16le', 'UTF-16']
] as const)('a file in another encoding is read as it declares: %s', async (encoding, name) => {
  const text = (encoding === 'utf16le' ? '\uFEFF' : '') + template.replace('UTF-8', name)
  const report = await validateText(Buffer.from(text, encoding))
  expect(report).toMatchObject({ records: 1, valid: 1 })
  const single = /<lido:lido>[\s\S]*<\/lido:lido>/.exec(template)?.[0] ?? ''
  const root = single.replace('<lido:lido>', (/<lido:lidoWrap[^>]*>/.exec(template)?.[0] ?? '').replace('lidoWrap', 'lido'))
  const alone = `<?xml version="1.0" encoding="${name}"?>\n${root}`
  expect(await validateText(Buffer.from((encoding === 'utf16le' ? '\uFEFF' : '') + alone, encoding))).toMatchObject({
    records: 1,
    valid: 1
  })
})
