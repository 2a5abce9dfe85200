import { expect, test } from './app.ts'
import { ca, go, openFirstRecord, openSample } from './steps.ts'

test('the number of a record is changed with its key, a double has to be allowed, and a pattern numbers all again', async ({ app }) => {
  await openSample(app)
  await openFirstRecord(app)
  const { page } = app
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading).toHaveText('FX-001')
  await page.keyboard.press('e')
  const field = page.getByLabel(ca('numbers.number'), { exact: true })
  await expect(field).toBeFocused()
  await field.fill('FX-002')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('és d’un altre objecte')
  await page.getByRole('button', { name: ca('numbers.allow') }).press('Enter')
  await expect(heading).toHaveText('FX-002')
  await page.keyboard.press('e')
  await expect(field).toBeFocused()
  await field.fill('NOU 7')
  await page.keyboard.press('Enter')
  await expect(heading).toHaveText('NOU 7')
  await page.keyboard.press('Control+z')
  await expect(heading).toHaveText('FX-002')

  await go(page, 'sheet')
  await page.getByRole('button', { name: ca('numbers.button') }).press('Enter')
  await page.getByLabel(ca('numbers.pattern'), { exact: true }).fill('{num}[_{view:letters}]')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('row', { name: /FX-001/ })).toContainText('FX-002')
  await dialog.getByRole('button', { name: /Numera 1 objecte/ }).press('Enter')
  await expect(page.getByText('numera 1 objecte amb')).toBeVisible()
  await expect(page.getByRole('gridcell', { name: /FX-001/ })).toBeVisible()
})
