import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './app.ts'
import { ca, openFirstRecord, openSample, pressInDialog, treeOf } from './steps.ts'

test('a backup is made and restored by keyboard, and offered where the database is damaged', async ({ app }) => {
  await openSample(app)
  await app.page.getByRole('link', { name: ca('frame.fitxaHome') }).click()
  await app.page.getByRole('button', { name: ca('backups.button') }).press('Enter')
  const dialog = app.page.getByRole('dialog', { name: /Còpies de seguretat de/ })
  await pressInDialog(dialog.getByRole('button', { name: ca('backups.makeNow') }))
  await expect(dialog.getByRole('row')).toHaveCount(2)
  await app.page.keyboard.press('Escape')

  await app.page.getByRole('button', { name: ca('frame.sheet'), exact: true }).click()
  await openFirstRecord(app)
  const accepted = () => treeOf(app.page, 'objectTypes').getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })
  await app.page.keyboard.press('1')
  await expect(accepted()).toBeVisible()
  await expect(app.page.getByText(ca('frame.saved'))).toBeVisible()

  await app.page.getByRole('link', { name: ca('frame.fitxaHome') }).click()
  await app.page.getByRole('button', { name: ca('backups.button') }).press('Enter')
  await pressInDialog(dialog.getByRole('button', { name: /Restaura la còpia/ }).first())
  const question = app.page.getByRole('dialog', { name: ca('backups.confirmTitle') })
  await expect(question).toContainText('No hi ha 1 decisió presa després')
  await pressInDialog(question.getByRole('button', { name: ca('backups.restoreNow') }))
  await expect(dialog.getByText(ca('backups.reason.replaced'))).toBeVisible()
  await app.page.keyboard.press('Escape')
  await app.page.getByRole('button', { name: ca('frame.sheet'), exact: true }).click()
  await openFirstRecord(app)
  await expect(accepted()).toHaveCount(0)

  await app.restart()
  truncateSync(join(app.folder, 'data', 'samples', 'Mostra.fitxa', 'catalogue.sqlite'), 2000)
  await app.page
    .getByRole('button', { name: /Mostra/ })
    .first()
    .click()
  const offer = app.page.getByRole('dialog', { name: ca('backups.title') })
  await expect(offer.getByRole('alert')).toContainText('està malmès')
  await offer
    .getByRole('button', { name: /Restaura la còpia/ })
    .last()
    .click()
  await question.getByRole('button', { name: ca('backups.restoreNow') }).click()
  await expect(dialog).toBeVisible()
  await app.page.keyboard.press('Escape')
  await app.page.getByRole('button', { name: ca('frame.sheet'), exact: true }).click()
  await expect(app.page.getByRole('grid', { name: ca('sheet.objects') })).toBeVisible()
})
