import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { expect, root, sampleFolder, test } from './app.ts'
import { ca, createCatalogue, go, openFirstRecord, treeOf } from './steps.ts'

/** A photographer's folder: twelve real pictures in two folders, one of them twice, a PDF that calls itself a JPEG, an empty file. */
function photographs(folder: string): string {
  const source = join(folder, 'fotos')
  mkdirSync(join(source, 'caixa 2'), { recursive: true })
  const pictures = readdirSync(sampleFolder).sort().slice(0, 12)
  for (const [index, name] of pictures.entries()) cpSync(join(sampleFolder, name), join(source, index < 6 ? name : join('caixa 2', name)))
  cpSync(join(sampleFolder, pictures[0]!), join(source, 'còpia de la primera.jpg'))
  writeFileSync(join(source, 'factura.jpg'), '%PDF-1.7\n%âãÏÓ\n')
  writeFileSync(join(source, 'buit.jpg'), '')
  return source
}

test('from a folder of photographs to exported records', async ({ app }) => {
  const { page } = app
  const source = photographs(app.folder)
  await createCatalogue(app, 'Ceràmica 2026')

  await test.step('import, with a pattern that is tried first', async () => {
    await page.getByLabel(ca('import.folder')).fill(source)
    await page.getByLabel(ca('import.pattern')).fill('{num}[_{view:letters}]')
    await expect(page.getByText('FX-001').first()).toBeVisible()
    await page.getByRole('button', { name: /^Importa/ }).click()
    await expect(page.getByText('Incorporats: 12 + ja hi eren: 1 + no admesos: 2 + pendents: 0 = fitxers: 15')).toBeVisible({
      timeout: 60_000
    })
    await expect(page.getByText('factura.jpg').locator('visible=true').first()).toBeVisible()
    await expect(page.getByText('buit.jpg').locator('visible=true').first()).toBeVisible()
  })

  await test.step('every object gets suggestions', async () => {
    await go(page, 'sheet')
    await expect(page.getByText(/^(\d+) de \1 objectes en tenen$/)).toBeVisible({ timeout: 60_000 })
  })

  await test.step('accept, reject, close', async () => {
    await openFirstRecord(app)
    const types = treeOf(page, 'objectTypes')
    await expect(types.getByRole('treeitem', { name: /suggeriment 1,/ })).toBeVisible()
    await page.keyboard.press('1')
    await expect(types.getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })).toHaveAttribute('aria-checked', 'true')
    await page.keyboard.press('Shift+Digit3')
    await expect(types.getByRole('treeitem', { name: /suggeriment 3,.*rebutjat/ })).toHaveAttribute('aria-checked', 'false')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('tree', { name: /^Tipus d’objecte, tancada/ })).toBeVisible()
  })

  await test.step('undo and redo', async () => {
    await page.keyboard.press('Control+z')
    await expect(page.getByRole('tree', { name: /^Tipus d’objecte, oberta/ })).toBeVisible()
    await page.keyboard.press('Control+Shift+z')
    await expect(page.getByRole('tree', { name: /^Tipus d’objecte, tancada/ })).toBeVisible()
  })

  await test.step('both languages, live and apart', async () => {
    const first = treeOf(page, 'objectTypes').getByRole('treeitem').first()
    const catalan = await first.innerText()
    await page.keyboard.press('F8')
    await expect(first).not.toHaveText(catalan)
    await page.keyboard.press('Shift+F8')
    await expect(page.getByRole('tree', { name: /^Object types, closed/ })).toBeVisible()
    await page.keyboard.press('Shift+F8')
    await page.keyboard.press('F8')
    await expect(page.getByRole('tree', { name: /^Tipus d’objecte, tancada/ })).toBeVisible()
  })

  await test.step('export as LIDO and as CSV', async () => {
    await go(page, 'export')
    const target = join(app.folder, 'sortida')
    mkdirSync(target)
    for (const format of ['LIDO 1.1', 'CSV per a Excel']) {
      await page.getByRole('radio', { name: new RegExp(format) }).check()
      await page.getByLabel(ca('export.target'), { exact: true }).fill(target)
      await page.getByRole('button', { name: ca('export.check'), exact: true }).click()
      // Pressed before that, LIDO would be checked once more and wait for a second press.
      await expect(page.getByText(/^9 fitxes comprovades/)).toBeVisible()
      const start = page.getByRole('button', { name: /^Exporta \d/ })
      await expect(start).toBeEnabled()
      await start.click()
      await expect
        .poll(() => readdirSync(target).filter((name) => !name.startsWith('.')).length, { timeout: 30_000 })
        .toBe(format.startsWith('LIDO') ? 1 : 2)
    }
    const file = (ending: string): string =>
      join(
        target,
        readdirSync(target).find((name) => name.endsWith(ending))!
      )
    const report = JSON.parse(
      execFileSync(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'validate', file('.xml'), '--json'], { encoding: 'utf8' })
    ) as { records: number; errors: number }
    expect(report).toMatchObject({ records: 1, errors: 0 })
    expect(readFileSync(file('.xml'), 'utf8')).toContain('http://vocab.getty.edu/aat/')
    const rows = parse(readFileSync(file('.csv')), { bom: true, delimiter: ';', columns: true, relax_column_count: true }) as Record<
      string,
      string
    >[]
    expect(rows.length).toBeGreaterThanOrEqual(9)
    expect(rows.filter((row) => row["Tipus d'objecte"] !== '').length).toBe(1)
  })
})
