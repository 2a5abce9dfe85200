import { copyFileSync, mkdirSync, renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createBench, programs } from './run-cli.ts'

const picture = join(import.meta.dirname, '..', 'fixtures', 'parity', 'images')

it.each(programs.slice(0, 1))(
  'numbers, undoes, backs up and restores a catalogue: $name',
  async ({ file }) => {
    const bench = await createBench(file)
    onTestFinished(() => bench.clear())
    const json = async (...args: string[]): Promise<{ code: number | null; value: Record<string, unknown> }> => {
      const { code, out } = await bench.run(...args, '--json')
      return { code, value: JSON.parse(out) as Record<string, unknown> }
    }
    const catalogue = join(bench.folder, 'C.fitxa')
    const photographs = join(bench.folder, 'photographs')
    mkdirSync(photographs)
    copyFileSync(join(picture, 'grey.jpg'), join(photographs, 'MUS 1_a.jpg'))
    copyFileSync(join(picture, 'getty-iptc-xmp.jpg'), join(photographs, 'MUS 2_a.jpg'))
    await bench.run('new', catalogue)
    await bench.run('import', photographs, '--catalogue', catalogue)

    const dry = await bench.run('renumber', catalogue, '--pattern', '{num}_{view}', '--dry-run', '--lang', 'en')
    expect(dry.code).toBe(0)
    expect(dry.out).toContain('MUS 1_a.jpg: none → MUS 1')
    const numbered = await json('renumber', catalogue, '--pattern', '{num}_{view}', '--person', 'MP')
    expect(numbered).toMatchObject({ code: 0, value: { objects: 2, leftOut: 0 } })
    expect((await json('renumber', catalogue, '--pattern', '{num}_{view}')).code).toBe(3)
    const made = await json('backup', '--catalogue', catalogue)
    expect(made.value).toMatchObject({ reason: 'manual', objects: 2, decisions: 1 })

    // Somebody else's action, by its number.
    const action = String(numbered.value['action'])
    const undone = await json('undo', '--catalogue', catalogue, '--action', action, '--person', 'AB')
    expect(undone).toMatchObject({ code: 0, value: { action: { kind: 'renumber', author: 'MP' }, kept: 0, conflicts: [] } })
    expect((await bench.run('undo', '--catalogue', catalogue, '--action', action, '--lang', 'en')).err).toContain('is undone already')
    const history = await bench.run('history', '--catalogue', catalogue, '--person', 'MP', '--lang', 'en')
    expect(history.out).toContain('number by pattern')
    expect(history.out).toContain('undone')

    truncateSync(join(catalogue, 'catalogue.sqlite'), 2000)
    const damaged = await bench.run('stats', '--catalogue', catalogue, '--lang', 'en')
    expect(damaged.code).toBe(3)
    expect(damaged.err).toContain(String(made.value['file']))
    const list = await json('backups', '--catalogue', catalogue)
    expect(list.value).toMatchObject({ present: null })
    expect(await json('restore', String(made.value['file']), '--to', catalogue)).toMatchObject({ code: 0, value: { objects: 2 } })
    expect((await json('stats', '--catalogue', catalogue)).value).toMatchObject({ objects: 2, decisions: 1 })
  },
  300_000
)

it.each(programs.slice(0, 1))(
  'finds photographs that were moved: $name',
  async ({ file }) => {
    const bench = await createBench(file)
    onTestFinished(() => bench.clear())
    const catalogue = join(bench.folder, 'C.fitxa')
    const photographs = join(bench.folder, 'photographs')
    const moved = join(bench.folder, 'moved')
    mkdirSync(photographs)
    copyFileSync(join(picture, 'grey.jpg'), join(photographs, 'MUS 1.jpg'))
    await bench.run('new', catalogue)
    await bench.run('import', photographs, '--catalogue', catalogue)
    renameSync(photographs, moved)
    const find = async (...args: string[]): Promise<unknown> => {
      const { code, out } = await bench.run('find-moved', moved, '--catalogue', catalogue, '--json', ...args)
      return { code, ...(JSON.parse(out) as object) }
    }
    expect(await find('--dry-run')).toMatchObject({ code: 0, files: 1, missing: 1, found: 1, action: null })
    const { out } = await bench.run('find-moved', moved, '--catalogue', catalogue, '--lang', 'en', '--person', 'MP')
    expect(out).toContain('Missing originals: 1. Found: 1.')
    expect(out).toContain('fitxa undo')
    expect(await find()).toMatchObject({ code: 0, missing: 0 })
    expect((await bench.run('undo', '--catalogue', catalogue, '--person', 'MP')).code).toBe(0)
    renameSync(join(moved, 'MUS 1.jpg'), join(bench.folder, 'elsewhere.jpg'))
    expect(await find()).toMatchObject({ code: 1, missing: 1, found: 0 })
  },
  300_000
)
