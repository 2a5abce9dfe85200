import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './app.ts'
import { ca, go, openFirstRecord, openSample } from './steps.ts'

const rows = ['Número;Títol;Autor;Mides', 'fx 1;Gerro blau;Anònim;12 cm', 'FX-002;Plat;;', 'FX3;Olla;;', 'FX-3;Olla segona;;', 'ZZ-9;Res;;']

test('the inventory of the museum is linked, read beside the picture and taken back', async ({ app }) => {
  const { page, folder } = app
  const file = join(folder, 'inventari.csv')
  await writeFile(file, rows.join('\n'))
  await openSample(app)
  await go(page, 'inventory')
  await page.getByLabel(ca('inventory.file'), { exact: true }).fill(file)
  const start = page.getByRole('button', { name: /^Enllaça 2 objectes/ })
  await expect(start).toBeEnabled()
  await expect(page.getByText('Parelles dubtoses: 3')).toBeVisible()
  await page.getByRole('checkbox', { name: /^FX3 · Fila 3/ }).check()
  const withDoubt = page.getByRole('button', { name: /^Enllaça 3 objectes/ })
  await expect(withDoubt).toBeEnabled()
  await expect(page.getByRole('checkbox', { name: /^FX3 · Fila 3/ }), 'it can be unchecked').toBeChecked()
  await withDoubt.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/«inventari\.csv» és enllaçat: 3 objectes tenen fila/)).toBeVisible()

  await go(page, 'sheet')
  await openFirstRecord(app)
  const fields = page.getByRole('region', { name: ca('inventory.region') })
  await expect(fields.getByText('Gerro blau')).toBeVisible()
  await expect(fields.getByRole('term')).toHaveText(['Títol', 'Autor', 'Mides'])

  await page.keyboard.press('Control+z')
  await expect(page.getByRole('contentinfo').getByText(/Premeu-ho un altre cop per desfer-ho/)).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('contentinfo').getByText(/Desfet: enllaça l’inventari «inventari\.csv»/)).toBeVisible()
})

test('a field of one’s own is filled in and undone by keyboard, and refuses what it cannot hold', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await go(page, 'inventory')
  await page.getByRole('button', { name: ca('inventory.partFields') }).click()
  await page.locator('#field-name').fill('Pes (g)')
  await page.getByRole('combobox', { name: ca('inventory.kind') }).click()
  await page.getByRole('option', { name: ca('inventory.kinds.number') }).click()
  await page.getByRole('button', { name: ca('inventory.add') }).click()
  await expect(page.getByRole('checkbox', { name: /Es mostra: Pes/ })).toBeChecked()

  await go(page, 'sheet')
  await openFirstRecord(app)
  await page.keyboard.press('c')
  const field = page.getByRole('textbox', { name: 'Pes (g)' })
  await expect(field).toBeFocused()
  await page.keyboard.type('molt')
  await page.keyboard.press('Tab')
  await expect(page.getByText('«molt» no és un nombre per al camp «Pes (g)».')).toBeVisible()
  await field.fill('12,5')
  await page.keyboard.press('Tab')
  await expect(field).toHaveValue('12.5')
  await field.focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('contentinfo').getByText('Desfet: omple el camp «Pes (g)».')).toBeVisible()
  await expect(field).toHaveValue('')
})
