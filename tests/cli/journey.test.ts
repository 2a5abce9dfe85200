import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePictures } from '../contract/pictures.ts'
import { createBench, programs, type Bench, type Ended } from './run-cli.ts'

/** The main job without a window, step by step and in one go, by the program as a person starts it. */
// Each step starts the program several times, which takes long on a busy machine.
describe.each(programs)('the command line $name', { timeout: 180_000 }, ({ file }) => {
  let bench: Bench
  let pictures: string
  const at = (name: string): string => join(bench.folder, name)
  const json = async (...args: string[]): Promise<{ code: number | null; result: unknown; err: string }> => {
    const { code, out, err } = await bench.run(...args, '--json')
    return { code, result: JSON.parse(out), err }
  }

  beforeAll(async () => {
    bench = await createBench(file)
    pictures = await makePictures(at('pictures'), ['12_a.jpg', '12_b.jpg', '0013_a.jpg'])
    await writeFile(join(pictures, 'broken.jpg'), 'not a picture at all')
  })
  afterAll(() => bench.clear())

  it('makes a catalogue, once', async () => {
    expect(await json('new', 'museum')).toMatchObject({ code: 0, result: { catalogue: at('museum.fitxa'), name: 'museum' } })
    const again = await json('new', 'museum.fitxa')
    expect(again).toMatchObject({ code: 3, result: { error: { code: 'catalogue.exists' } } })
    expect(again.err).toContain('museum.fitxa')
  })

  it('imports, and says which file was refused and why', async () => {
    const args = ['import', 'pictures', '--catalogue', 'museum.fitxa', '--pattern', '{num}_{view}']
    const { code, out } = await bench.run(...args)
    expect(code).toBe(1)
    expect(out).toContain('4 files: 3 taken, 0 already there, 1 refused')
    expect(out).toMatch(/Refused: broken\.jpg: .+\./)
    expect((await json(...args)).result).toMatchObject({ files: 4, taken: 0, already: 3, refused: [{ path: 'broken.jpg' }] })
  })

  it('suggests terms on the device asked for', async () => {
    const predicted = await json('predict', '--catalogue', 'museum.fitxa', '--device', 'cpu')
    expect(predicted).toMatchObject({ code: 0, result: { images: 3, refused: 0, device: 'cpu' } })
    expect((await json('predict', '--catalogue', 'museum.fitxa')).result).toMatchObject({ images: 0 })
    expect(await json('predict', '--catalogue', 'museum.fitxa', '--model', 'nobody')).toMatchObject({
      code: 3,
      result: { error: { code: 'bundle.notFound' } }
    })
  })

  it('accepts by rule and takes it back', async () => {
    const accepted = await json('accept', '--catalogue', 'museum.fitxa', '--top', '1', '--reason', 'a trial', '--person', 'Anna')
    expect(accepted).toMatchObject({ code: 0, result: { changes: 8, objects: 2 } })
    expect((await json('stats', '--catalogue', 'museum.fitxa')).result).toMatchObject({
      objects: 2,
      facets: { materials: { accepted: 2 } }
    })
    expect((await json('undo', '--catalogue', 'museum.fitxa', '--person', 'Joan')).result, "another's action").toMatchObject({
      action: null
    })
    expect((await json('undo', '--catalogue', 'museum.fitxa', '--person', 'Anna')).result).toMatchObject({
      action: { changes: 8 },
      kept: 0
    })
    expect((await json('stats', '--catalogue', 'museum.fitxa')).result).toMatchObject({ facets: { materials: { accepted: 0 } } })
    expect((await json('history', '--catalogue', 'museum.fitxa', '--limit', '2')).result).toMatchObject([
      { kind: 'undo', author: 'Anna', objects: 2, changes: 8 },
      { kind: 'rule', author: 'Anna', objects: 2, changes: 8 }
    ])
    const { code, out } = await bench.run('history', '--catalogue', 'museum.fitxa', '--limit', '1')
    expect(code).toBe(0)
    expect(out).toMatch(/^\d+ · .+ · Anna · undo · 2 objects · 8 changes\n$/)
  })

  it('links the inventory of the museum, dry first, and lists what is doubtful', async () => {
    await writeFile(at('inventari.csv'), 'Núm.;Títol\n12;Gerro\n13;Plat\n')
    const args = ['link', 'inventari.csv', '--catalogue', 'museum.fitxa', '--number', 'Núm.', '--person', 'Anna']
    const dry = await json(...args, '--dry-run')
    expect(dry).toMatchObject({ code: 0, result: { exact: 1, byRule: 1, linked: false, difference: { added: 2 } } })
    const strict = await json(...args, '--strict', 'zeros', '--dry-run')
    expect(strict).toMatchObject({ code: 1, result: { exact: 1, byRule: 0, doubts: [{ reason: 'loose', label: '0013', number: '13' }] } })
    const linked = await bench.run(...args)
    expect(linked.code).toBe(0)
    expect(linked.out).toContain('Written the same: 1 · the same by the rules: 1 · doubtful: 0')
    expect(await json('link', 'inventari.csv', '--catalogue', 'museum.fitxa', '--number', 'X')).toMatchObject({
      code: 3,
      result: { error: { code: 'inventory.noColumn' } }
    })
  })

  it('writes what changed since a day', async () => {
    const changes = ['changes', '--catalogue', 'museum.fitxa', '--profile', 'people', '--out', 'canvis.csv']
    expect(await json(...changes, '--since', '2020-01-01')).toMatchObject({
      code: 0,
      result: { file: at('canvis.csv'), objects: 0, changes: 0 }
    })
    expect(await readFile(at('canvis.csv'), 'utf8')).toContain('number;files;change')
    expect(await json(...changes, '--since-export')).toMatchObject({ code: 0, result: { since: expect.any(String) } })
  })

  it.each(['csv', 'csv-long', 'eufcc', 'lido', 'xmp', 'edm', 'linked-art', 'iiif'])('exports %s', async (format) => {
    const args = ['export', '--catalogue', 'museum.fitxa', '--format', format, '--what', 'suggested', '--out', `out.${format}`]
    expect(await json(...args)).toMatchObject({ code: 0, result: { file: at(`out.${format}`), leftOut: 0 } })
    expect((await readFile(at(`out.${format}`), 'utf8')).length).toBeGreaterThan(200)
  })

  it('validates what it exported, and finds what was damaged since', async () => {
    expect(await json('validate', 'out.lido')).toMatchObject({ code: 0, result: { records: 2, errors: 0 } })
    const text = await readFile(at('out.lido'), 'utf8')
    await writeFile(at('damaged.xml'), text.replace(/<lido:lidoRecID[^]*?<\/lido:lidoRecID>/, ''))
    expect(await json('validate', 'damaged.xml')).toMatchObject({ code: 1, result: { records: 2, valid: 1 } })
    expect((await bench.run('validate', 'nowhere.xml')).code).toBe(3)
  })

  it('lists models', async () => {
    expect((await json('models')).result).toMatchObject([{ id: 'starter', active: true, problem: null }])
  })

  it('says what is wrong with a catalogue or folder', async () => {
    const missing = await bench.run('stats', '--catalogue', 'none.fitxa')
    expect([missing.code, missing.out]).toEqual([3, ''])
    expect(missing.err).toContain(at('none.fitxa'))
    expect(missing.err).not.toMatch(/\bat .*:\d+:\d+/)
    expect((await bench.run('import', 'nowhere', '--catalogue', 'museum.fitxa')).code).toBe(3)
  })

  it('does it all in one run, and resumes', async () => {
    const first = await json('batch', 'pictures', '--out', 'results')
    expect(first).toMatchObject({
      code: 1,
      result: { imported: { taken: 3 }, suggested: { images: 3 }, csv: { records: 3 }, lido: { records: 3 } }
    })
    expect(await readFile(at('results/pictures-refused.csv'), 'utf8')).toContain('broken.jpg')
    expect(await readFile(at('results/pictures.lido.xml'), 'utf8')).toContain('<lido:lido')
    await makePictures(pictures, ['14_a.jpg', '15_a.jpg', '16_a.jpg', '17_a.jpg', '18_a.jpg', '19_a.jpg'])
    const second = await json('batch', 'pictures', '--out', 'results')
    expect(second.result).toMatchObject({ imported: { already: expect.any(Number) }, csv: { records: expect.any(Number) } })
    expect(second.err).toContain('continuing from there')
  })

  it('serves the window to one browser, and the catalogue to nobody else meanwhile', async () => {
    const { child, ended } = bench.start('serve', '--catalogue', 'museum.fitxa', '--no-open')
    const line = await new Promise<string>((resolve) => child.stdout?.once('data', (data: string) => resolve(data.split('\n')[0] ?? '')))
    const { url } = JSON.parse(line) as { url: string }
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/)
    const entered = await fetch(url)
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    const key = /name="session-keys" content="([\w-]+)\./.exec(await entered.text())?.[1] ?? ''
    const head = { method: 'POST', body: '{}', headers: { Cookie: cookie, 'Fitxa-Session': key, 'Content-Type': 'application/json' } }
    expect(await (await fetch(new URL('/rpc/catalogue/current', url), head)).json()).toMatchObject({ json: { name: 'museum', objects: 2 } })
    const second = await json('serve', '--catalogue', 'museum.fitxa', '--no-open')
    expect(second).toMatchObject({ code: 3, result: { error: { code: 'catalogue.inUse' } } })
    expect((await bench.run('serve', '--no-open', '--port', new URL(url).port)).err).toContain('Another program is using port')
    child.kill('SIGINT')
    const { code, out } = await ended
    expect([code, out.trim()], 'nothing but the address on stdout').toEqual([0, line])
  })

  it.skipIf(process.platform === 'win32')(
    'stops an import cleanly and resumes it',
    async () => {
      await bench.run('new', 'many')
      const many: string[] = []
      let stopped: Ended
      do {
        // More pictures, until an import does not reach its end before the signal reaches it.
        const more = Array.from({ length: Math.max(60, many.length) }, (_, index) => `p${many.length + index}.jpg`)
        many.push(...more)
        await makePictures(at('many'), many)
        const { child, ended } = bench.start('import', 'many', '--catalogue', 'many.fitxa', '--json')
        // The first line of progress: the import is at work.
        await new Promise((resolve) => child.stderr?.once('data', resolve))
        child.kill('SIGINT')
        stopped = await ended
      } while (stopped.code === 0)
      expect(stopped.code).toBe(3)
      expect(JSON.parse(stopped.out)).toMatchObject({ error: { code: 'job.stopped' } })
      const half = (await json('stats', '--catalogue', 'many.fitxa')).result as { images: number }
      expect(half.images).toBeLessThan(many.length)
      const resumed = await json('import', 'many', '--catalogue', 'many.fitxa')
      expect(resumed).toMatchObject({ code: 0, result: { files: many.length, taken: expect.any(Number), refused: [] } })
      expect((await json('stats', '--catalogue', 'many.fitxa')).result).toMatchObject({ images: many.length })
    },
    180_000
  )
})
