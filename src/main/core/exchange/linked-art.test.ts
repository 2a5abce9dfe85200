import { describe, expect, it } from 'vitest'
import { medal } from './examples.fixture.ts'
import { createLinkedArtWriter } from './linked-art.ts'
import { parsedFiles, richMedal, undecidedMedal, uris, writtenOf } from './web-formats.fixture.ts'

const options = { format: 'linked-art' as const, language: 'en' as const }

async function objectsOf(records: Parameters<typeof writtenOf>[1]): Promise<Record<string, unknown>[]> {
  return parsedFiles((await writtenOf(createLinkedArtWriter, records, options)).written)
}

/**
 * What the documented model (linked.art/api/1.0/endpoint/physical_object) requires of each class and allows on an object. No
 * registry carries the JSON Schema of Linked Art, so the rules that concern this format are written here.
 */
const allowed = new Set(
  (
    '@context id type _label identified_by classified_as referred_to_by equivalent representation member_of subject_of attributed_by ' +
    'dimension made_of part_of current_owner current_custodian current_permanent_custodian current_location used_for shows carries ' +
    'produced_by destroyed_by removed_by'
  )
    .split(' ')
    .values()
)
const lists = new Set(
  'identified_by classified_as referred_to_by representation attributed_by dimension made_of current_owner shows about assigned carried_out_by digitally_shown_by access_point'.split(
    ' '
  )
)
const required: Record<string, readonly string[]> = {
  Name: ['content'],
  Identifier: ['content'],
  LinguisticObject: ['content'],
  Dimension: ['value', 'unit'],
  Type: ['_label'],
  Material: ['_label'],
  AttributeAssignment: ['assigned'],
  Production: [],
  TimeSpan: [],
  VisualItem: [],
  DigitalObject: [],
  MeasurementUnit: ['id'],
  Group: ['_label'],
  Person: ['_label'],
  Place: ['_label'],
  HumanMadeObject: ['@context', 'id', '_label']
}

function faults(node: unknown, at = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((each, index) => faults(each, `${at}/${index}`))
  if (typeof node !== 'object' || node === null) return []
  const entries = Object.entries(node)
  const type = String((node as Record<string, unknown>)['type'])
  const lacking = required[type]?.filter((name) => !(name in node)).map((name) => `${at}: ${type} lacks ${name}`) ?? [
    `${at}: class ${type}`
  ]
  const notLists = entries.filter(([name, value]) => lists.has(name) !== Array.isArray(value)).map(([name]) => `${at}/${name}: list`)
  return [...lacking, ...notLists, ...entries.flatMap(([name, value]) => (typeof value === 'object' ? faults(value, `${at}/${name}`) : []))]
}

describe('a Linked Art object', () => {
  it('has the classes, lists and required properties of the model', async () => {
    const objects = await objectsOf([richMedal(), medal({ id: 2 }), undecidedMedal()])
    expect(objects.flatMap((object) => faults(object))).toEqual([])
    expect(objects.flatMap((object) => Object.keys(object)).filter((name) => !allowed.has(name))).toEqual([])
    expect(faults({ ...objects[0], identified_by: [{ type: 'Name' }] })).not.toEqual([])
  })

  it('says what it is, of what it is made, who made it when, and where the pictures are', async () => {
    const [object] = await objectsOf([richMedal()])
    expect(object).toMatchObject({
      '@context': 'https://linked.art/ns/v1/linked-art.json',
      type: 'HumanMadeObject',
      _label: 'Medalla de prova',
      identified_by: [
        { type: 'Identifier', content: '0001' },
        { type: 'Name', content: 'Medalla de prova' }
      ],
      made_of: [{ id: uris.bronze, type: 'Material' }],
      produced_by: {
        referred_to_by: [{ content: 'Josep Llimona' }],
        timespan: { begin_of_the_begin: '1905-01-01T00:00:00Z', end_of_the_end: '1910-12-31T23:59:59Z' }
      },
      current_location: { _label: 'Reserva 2' },
      representation: [
        { digitally_shown_by: [{ format: 'image/jpeg', access_point: [{ id: 'capsa%201/0001.jpg' }] }] },
        { digitally_shown_by: [{ format: 'image/tiff', dimension: [{ value: 900 }, { value: 1200 }] }] }
      ]
    })
    expect(object?.['classified_as']).toContainEqual(expect.objectContaining({ id: uris.medal, type: 'Type' }))
    expect(JSON.stringify(object?.['referred_to_by'])).toContain('Vora <gastada> & neta')
  })

  it('keeps terms that nobody accepted out of the description, and says of others how sure they are', async () => {
    const [rich, undecided] = await objectsOf([richMedal(), undecidedMedal()])
    const labels = (rich?.['attributed_by'] as { _label: string }[]).map(({ _label }) => _label)
    expect(labels).toEqual(['suggested, 0.40', 'probable', 'uncertain'])
    expect(rich).not.toHaveProperty('shows')
    expect(undecided).not.toHaveProperty('classified_as')
    expect(undecided).not.toHaveProperty('made_of')
    expect(undecided?.['attributed_by']).toContainEqual(
      expect.objectContaining({
        _label: 'suggested, 0.83',
        assigned_property: 'made_of',
        assigned: [expect.objectContaining({ id: uris.bronze })]
      })
    )
  })

  it('shows what its subjects are about', async () => {
    const [object] = await objectsOf([medal()])
    expect(object?.['shows']).toEqual([{ type: 'VisualItem', about: [expect.objectContaining({ type: 'Type' })] }])
  })
})
