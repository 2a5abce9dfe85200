import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { quartersPicture } from '../media/pictures.fixture.ts'
import { openWorkbench, type Workbench } from './workbench.fixture.ts'

async function workbench(): Promise<Workbench> {
  const bench = await openWorkbench()
  onTestFinished(() => bench.close())
  return bench
}

it('saves the report as CSV with whole sentences in both languages', async () => {
  const bench = await workbench()
  bench.put('0012.png', await quartersPicture().png().toBuffer())
  bench.put('=1+1.jpg', '')
  const { jobId } = await bench.run({ pattern: '{num}' })
  const { file, name } = await bench.imports.saveReport({ jobId, problemsOnly: false, language: 'ca', file: null })
  expect(name).toMatch(/^photos-\d+\.csv$/)
  expect(readFileSync(file, 'utf8')).toBe(
    '\uFEFFFitxer;Estat;Motiu i solució;Número d’inventari\r\n' +
      '0012.png;incorporat;;"=""0012"""\r\n' +
      "'=1+1.jpg;no admès;El fitxer «=1+1.jpg» és buit (0 bytes). Torneu-lo a copiar des de l’original.;\r\n"
  )
  const problems = await bench.imports.saveReport({ jobId, problemsOnly: true, language: 'en', file: null })
  expect(problems.file, 'the report before stays').not.toBe(file)
  const text = readFileSync(problems.file, 'utf8')
  expect(text.split('\r\n')).toHaveLength(3)
  expect(text).toContain('refused;The file “=1+1.jpg” is empty (0 bytes). Copy it again from the original.')
  const original = join(bench.photos, '0012.png')
  const onto = bench.imports.saveReport({ jobId, problemsOnly: true, language: 'en', file: original })
  await expect(onto).rejects.toMatchObject({ code: 'export.isOriginal' })
  const chosen = join(bench.photos, 'report.csv')
  for (let time = 0; time < 2; time++)
    expect((await bench.imports.saveReport({ jobId, problemsOnly: true, language: 'en', file: chosen })).file).toBe(chosen)
  expect(readFileSync(chosen, 'utf8')).toBe(text)
})
