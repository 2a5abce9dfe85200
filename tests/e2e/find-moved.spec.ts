import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, root, test } from './app.ts'
import { ca, createCatalogue, go } from './steps.ts'

test('a photograph that was moved is marked, said on the record, filtered and found again', async ({ app }) => {
  const { page, folder } = app
  const photographs = join(folder, 'photographs')
  const pictures = join(root, 'tests', 'fixtures', 'parity', 'images')
  await mkdir(photographs)
  await mkdir(join(folder, 'archive'))
  await copyFile(join(pictures, 'grey.jpg'), join(photographs, 'MUS 1.jpg'))
  await copyFile(join(pictures, 'getty-iptc-xmp.jpg'), join(photographs, 'MUS 2.jpg'))
  await createCatalogue(app, 'C')
  await page.getByLabel(ca('import.folder')).fill(photographs)
  await page.getByRole('button', { name: ca('import.start') }).click()
  await go(page, 'sheet')
  const cells = page.getByRole('gridcell')
  await expect(cells).toHaveCount(2)

  const moved = join(folder, 'archive', 'MUS 1.jpg')
  await rename(join(photographs, 'MUS 1.jpg'), moved)
  await cells.filter({ hasText: 'MUS 1' }).dblclick()
  const said = page.getByText(/El fitxer no és al seu lloc/)
  await expect(said).toContainText('MUS 1.jpg')
  await go(page, 'sheet')
  await expect(cells.filter({ hasText: ca('originals.one') })).toHaveCount(1)
  await page.getByRole('button', { name: ca('originals.show') }).press('Enter')
  await expect(cells).toHaveCount(1)
  await expect(page.getByLabel(ca('originals.only'))).toBeChecked()

  await page.getByRole('button', { name: ca('originals.button') }).press('Enter')
  const archive = join(folder, 'archive')
  await app.chooseFolder(archive, () => page.getByRole('button', { name: ca('originals.choose') }).press('Enter'))
  // The browser shell has its own folder dialog, in which a folder is first shown and then chosen.
  if (test.info().project.name === 'browser') {
    await expect(page.getByLabel(ca('folders.path'))).toHaveValue(archive)
    await expect(page.getByRole('status').filter({ hasText: archive })).toHaveCount(1)
    await page.getByRole('button', { name: ca('folders.chooseThis') }).click()
  }
  await expect(page.locator('.find-moved-path')).toHaveText(archive)
  await page.getByRole('button', { name: ca('originals.start') }).click()
  await expect(page.getByText('Trobats: 1 de 1')).toBeVisible()
  await expect(cells).toHaveCount(0)
  await page
    .getByRole('button', { name: ca('sheet.clear') })
    .first()
    .click()
  await expect(cells).toHaveCount(2)
  await expect(cells.filter({ hasText: ca('originals.one') })).toHaveCount(0)
  await cells.filter({ hasText: 'MUS 1' }).dblclick()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(said).toHaveCount(0)
})
