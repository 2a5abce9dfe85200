import { Validator } from '@hyperion-framework/validator'
import { describe, expect, it } from 'vitest'
import { image, medal } from './examples.fixture.ts'
import { createIiifWriter } from './iiif.ts'
import { parsedFiles, richMedal, undecidedMedal, uris, writtenOf } from './web-formats.fixture.ts'

const options = { format: 'iiif' as const, language: 'ca' as const }

/**
 * What the JSON Schema of IIIF Presentation 3 says against a manifest once it is published: the standard requires web
 * addresses, so the relative ones of pictures get that of a server.
 */
function faults(manifest: unknown): unknown[] {
  const validator = new Validator()
  const published: unknown = JSON.parse(JSON.stringify(manifest).replaceAll('"id":"capsa', '"id":"https://museum.test/capsa'))
  return validator.validateManifest(published) === true ? [] : (validator.validators['manifest']?.errors ?? ['invalid'])
}

describe('an IIIF manifest', () => {
  it('complies with the schema of the standard, with and without fields, notes and suggestions', async () => {
    const { written } = await writtenOf(createIiifWriter, [richMedal(), medal({ id: 2 }), undecidedMedal()], options)
    const manifests = parsedFiles(written)
    expect(manifests.map(faults)).toEqual([[], [], []])
    expect(faults({ ...manifests[0], items: 'none' })).not.toEqual([])
  })

  it('has a canvas a picture, of its size in pixels, with the relative address of the file', async () => {
    const { written } = await writtenOf(createIiifWriter, [richMedal()], options)
    const [manifest] = parsedFiles(written)
    expect(manifest).toMatchObject({
      rights: 'http://creativecommons.org/licenses/by/4.0/',
      items: [
        { width: 800, height: 600, items: [{ items: [{ body: { id: 'capsa%201/0001.jpg', format: 'image/jpeg' } }] }] },
        { width: 1200, height: 900, items: [{ items: [{ body: { id: 'capsa%201/0001%20dors.tif', format: 'image/tiff' } }] }] }
      ]
    })
  })

  it('says the terms in both languages, with AAT addresses, and marks what is not certain', async () => {
    const { written } = await writtenOf(createIiifWriter, [richMedal()], options)
    const text = written[0]?.files?.[0]?.text ?? ''
    const [manifest] = parsedFiles(written)
    expect(manifest?.['metadata']).toContainEqual({
      label: { ca: ['Materials'], en: ['Materials'] },
      value: {
        ca: [`<span><a href="${uris.bronze}">bronze</a> (probable)</span>`],
        en: [expect.stringContaining('(probable)')]
      }
    })
    expect(text).toMatch(/\(dubtós\)/)
    expect(text).toMatch(/\(suggerit, 0\.40\)/)
    expect(manifest?.['metadata']).toContainEqual({ label: { ca: ['Nota'], en: ['Note'] }, value: { none: ['Vora <gastada> & neta'] } })
  })

  it('stands under the number of its object, each under a name of its own', async () => {
    const records = [medal(), medal({ id: 2 }), medal({ id: 3, inventoryNumber: '../a:b' }), medal({ id: 4, inventoryNumber: null })]
    const { written } = await writtenOf(createIiifWriter, records, options)
    expect(written.flatMap(({ files = [] }) => files).map(({ path }) => path)).toEqual([
      '0001.json',
      '0001-2.json',
      'a_b.json',
      'object-4.json'
    ])
  })

  it('is not made of an object without a picture, and the person is told', async () => {
    const { written } = await writtenOf(createIiifWriter, [medal({ images: [] }), medal({ images: [image('')] })], options)
    expect(written.map(({ files, problems }) => [files, problems[0]?.code, problems[0]?.severity])).toEqual([
      [[], 'export.noPicture', 'error'],
      [[], 'export.noPicture', 'error']
    ])
  })
})
