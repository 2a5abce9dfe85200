import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBench, programs, type Bench } from './run-cli.ts'

const commands = [
  'new',
  'import',
  'predict',
  'accept',
  'bring-in',
  'undo',
  'history',
  'link',
  'renumber',
  'find-moved',
  'backup',
  'backups',
  'restore',
  'export',
  'changes',
  'card',
  'validate',
  'search',
  'stats',
  'learn',
  'models',
  'train',
  'serve',
  'batch'
]

describe.each(programs)('the command line $name', ({ file }) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await createBench(file)
  })
  afterAll(() => bench.clear())

  it.each(['ca', 'en'])(
    'explains itself in %s',
    async (language) => {
      const pages: string[] = []
      for (const command of [[], ...commands.map((name) => [name])]) {
        const { code, out, err } = await bench.run(...command, '--help', '--lang', language)
        expect([code, err]).toEqual([0, ''])
        pages.push(out)
      }
      await expect(pages.join(`\n${'-'.repeat(80)}\n\n`)).toMatchFileSnapshot(`help-${language}.txt`)
    },
    60_000
  )

  it('shows its help where no command is given', async () => {
    const { code, out, err } = await bench.run()
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('Usage: fitxa')
  })

  it('finds terms as the window does', async () => {
    const found = await bench.run('search', 'ampolla', '--facet', 'objectTypes', '--language', 'ca', '--limit', '2', '--lang', 'en')
    expect(found).toMatchObject({ code: 0, err: '' })
    expect(found.out.split('\n')[0]).toMatch(/^ampolla \(unofficial; bottles\) · Object types · .+ · 300045627$/)
    const { out } = await bench.run('search', 'bodego', '--facet', 'subjects', '--json')
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ inTree: true, matched: { text: 'bodegó', language: 'ca' } }))
    expect(await bench.run('search', 'zzzzqq', '--lang', 'en')).toMatchObject({ code: 0, out: 'No term found for “zzzzqq”.\n' })
  })

  it('tells its version', async () => {
    expect(await bench.run('--version')).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' })
  })

  it.each([
    [['stats', '--catalog', 'x'], 'There is no option “--catalog”. Did you mean --catalogue?'],
    [['stat'], 'There is no command “stat”. Did you mean stats?'],
    [['dance'], 'There is no command “dance”. See the commands with --help.'],
    [['stats'], 'The option “--catalogue <folder>” is required. Add it to the command.'],
    [['stats', '--catalogue'], 'The value of the option “--catalogue <folder>” is missing. Write it after the option.'],
    [['import', '--catalogue', 'x'], 'The argument “folder” is missing. See how the command is used with --help.'],
    [['import', 'a', 'b', '--catalogue', 'x'], 'There are too many arguments. Put the name of a folder in quotes if it has spaces.'],
    [['export', '--catalogue', 'x', '--format', 'pdf', '--out', 'y'], 'The value “pdf” is not valid for “--format <format>”.'],
    [['accept', '--catalogue', 'x', '--reason', 'r'], 'The rule is missing: give --top N or --min-confidence P.'],
    [['accept', '--catalogue', 'x', '--reason', 'r', '--top', '11'], 'The value “11” is not valid for “--top <n>”.'],
    [
      ['accept', '--catalogue', 'x', '--reason', 'r', '--min-confidence', '1.5'],
      'The value “1.5” is not valid for “--min-confidence <p>”.'
    ],
    [
      ['accept', '--catalogue', 'x', '--reason', 'r', '--top', '1', '--min-confidence', '0.5'],
      '“--top <n>” and “--min-confidence <p>” cannot be used together.'
    ],
    [
      ['changes', '--catalogue', 'x', '--profile', 'people', '--out', 'y'],
      'The beginning is missing: give --since DATE or --since-export.'
    ],
    [
      ['changes', '--catalogue', 'x', '--profile', 'p', '--out', 'y', '--since', 'ahir'],
      'The value “ahir” is not valid for “--since <date>”.'
    ],
    [['train', '--catalogue', 'x', '--epochs', '0'], 'The value “0” is not valid for “--epochs <n>”.'],
    [['train', '--catalogue', 'x', '--trunk', 'thawed'], 'The value “thawed” is not valid for “--trunk <how>”.'],
    [['models', '--back', '--activate', 'a@1'], '“--activate <bundle>” and “--back” cannot be used together.'],
    [['models', '--activate', 'starter'], 'The value “starter” is not valid for “--activate <bundle>”.'],
    [['serve', '--port', '70000'], 'The value “70000” is not valid for “--port <port>”.']
  ])('%j is wrong use', async (args, sentence) => {
    const { code, out, err } = await bench.run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(sentence)
  })

  it('tells machines about wrong use too', async () => {
    const { code, out } = await bench.run('stats', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'usage.missingOption', data: { name: '--catalogue <folder>' } } })
  })
})
