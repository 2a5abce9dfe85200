import ExifReader from 'exifreader'
import { describe, expect, it } from 'vitest'
import { medal } from './examples.fixture.ts'
import { statementsOf, valuesOf, type Statement } from './rdf.fixture.ts'
import { richMedal, undecidedMedal, uris, writtenOf } from './web-formats.fixture.ts'
import { createXmpWriter } from './xmp.ts'

const options = { format: 'xmp' as const, language: 'ca' as const }
const picture = 'https://museum.test/'
const dc = (name: string): string => `http://purl.org/dc/elements/1.1/${name}`
const iptc = (name: string): string => `http://iptc.org/std/Iptc4xmpExt/2008-02-29/${name}`

async function packetsOf(records: Parameters<typeof writtenOf>[1]): Promise<string[]> {
  const { written } = await writtenOf(createXmpWriter, records, options)
  return written.flatMap(({ files = [] }) => files).map(({ text }) => text)
}

/** The RDF of a packet: what stands between the elements of XMP's own wrapping. */
const rdfOf = (packet: string): string => /<rdf:RDF[^]*<\/rdf:RDF>/.exec(packet)?.[0] ?? ''

/** A JPEG that has nothing but the packet, in an APP1 segment (XMP specification, part 3, 1.1.3). */
function jpegWith(packet: string): Buffer {
  const content = Buffer.from(`http://ns.adobe.com/xap/1.0/\0${packet}`)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(content.length + 2)
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1]), length, content, Buffer.from([0xff, 0xd9])])
}

/** The members of a property's container. */
function membersOf(statements: readonly Statement[], property: string): string[] {
  const [container = ''] = valuesOf(statements, picture, property)
  return statements.filter((each) => each.subject === container && /#_\d+$/.test(each.predicate)).map(({ object }) => object)
}

describe('an XMP sidecar', () => {
  it('is RDF that another parser reads, with title, number, note and keywords in both languages', async () => {
    const [packet = ''] = await packetsOf([richMedal()])
    const statements = await statementsOf(rdfOf(packet))
    expect(membersOf(statements, dc('title'))).toEqual(['Medalla de prova'])
    expect(valuesOf(statements, picture, dc('identifier'))).toEqual(['0001'])
    expect(membersOf(statements, dc('subject'))).toEqual(expect.arrayContaining(['medalla', 'medals', 'bronze', 'numismàtica']))
    expect(membersOf(statements, 'http://ns.adobe.com/exif/1.0/UserComment')).toEqual(['Vora <gastada> & neta'])
  })

  it('has the AAT address of every accepted term, with its labels', async () => {
    const [packet = ''] = await packetsOf([richMedal()])
    const statements = await statementsOf(rdfOf(packet))
    const terms = membersOf(statements, iptc('AboutCvTerm'))
    expect(terms.flatMap((term) => valuesOf(statements, term, iptc('CvTermId')))).toEqual(expect.arrayContaining([uris.medal, uris.bronze]))
    const [work = ''] = membersOf(statements, iptc('ArtworkOrObject'))
    expect(valuesOf(statements, work, iptc('AOSourceInvNo'))).toEqual(['0001'])
  })

  it('keeps what nobody accepted out of the keywords, and marks it in the hierarchy', async () => {
    const [packet = ''] = await packetsOf([undecidedMedal()])
    const statements = await statementsOf(rdfOf(packet))
    expect(membersOf(statements, dc('subject'))).toEqual([])
    expect(membersOf(statements, iptc('AboutCvTerm'))).toEqual([])
    const paths = membersOf(statements, 'http://ns.adobe.com/lightroom/1.0/hierarchicalSubject')
    expect(paths).toContain('suggerit|Materials|metall|metall no fèrric|aliatge de coure|bronze')
  })

  it('is understood by a reader of photographs', async () => {
    const [packet = ''] = await packetsOf([medal()])
    const tags = ExifReader.load(jpegWith(packet), { expanded: true })
    expect(tags.xmp?.['title']?.description).toBe('Medalla de prova')
    expect(tags.xmp?.['subject']?.description).toContain('medalla')
  })

  it('stands beside its picture, under the whole name, each under one of its own', async () => {
    const { written } = await writtenOf(createXmpWriter, [richMedal(), medal({ id: 2 })], options)
    expect(written.flatMap(({ files = [] }) => files).map(({ path }) => path)).toEqual([
      'capsa 1/0001.jpg.xmp',
      'capsa 1/0001 dors.tif.xmp',
      'capsa 1/0001.jpg-2.xmp'
    ])
  })
})
