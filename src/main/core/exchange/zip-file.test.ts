import AdmZip from 'adm-zip'
import { describe, expect, it } from 'vitest'
import { createZipFile } from './zip-file.ts'

async function zipped(files: Iterable<readonly [string, string]>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  const zip = createZipFile((content) => Promise.resolve(void parts.push(content)))
  for (const [path, text] of files) await zip.add(path, text)
  await zip.end()
  return Buffer.concat(parts)
}

/** The files of a ZIP file as another reader sees it; it checks sizes and checksums. */
function unzipped(content: Buffer): [string, string][] {
  const zip = new AdmZip(content)
  return zip.getEntries().map((entry) => [entry.entryName, entry.getData().toString('utf8')])
}

describe('a ZIP file', () => {
  it('is read by another program, with folders, accents and empty files', async () => {
    const files: [string, string][] = [
      ['sèrie 1/0001.jpg.xmp', 'à'.repeat(10_000)],
      ['buit.json', '']
    ]
    expect(unzipped(await zipped(files))).toEqual(files)
    expect(unzipped(await zipped([]))).toEqual([])
  })

  it('holds more files than the old directory can count', async () => {
    const many = Array.from({ length: 65_600 }, (_, index) => [`${index}.json`, '{}'] as const)
    const entries = new AdmZip(await zipped(many)).getEntries()
    expect([entries.length, entries[65_599]?.entryName, entries[65_599]?.getData().toString()]).toEqual([65_600, '65599.json', '{}'])
  })

  it('has the same bytes again', async () => {
    const files = [['a.json', '{"a":1}']] as const
    expect((await zipped(files)).equals(await zipped(files))).toBe(true)
  })
})
