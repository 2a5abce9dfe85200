import { expect, test } from './app.ts'
import { ca, openFirstRecord, openSample, treeOf } from './steps.ts'

test('decisions and their undo survive a crash', async ({ app }) => {
  await openSample(app)
  await openFirstRecord(app)
  const accepted = () => treeOf(app.page, 'objectTypes').getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })
  await app.page.keyboard.press('1')
  await expect(accepted()).toBeVisible()
  await expect(app.page.getByText(ca('frame.saved'))).toBeVisible()

  await app.restart()
  await app.page
    .getByRole('button', { name: /Mostra/ })
    .first()
    .click()
  await expect(app.page.getByRole('grid', { name: ca('sheet.objects') })).toBeVisible()
  await openFirstRecord(app)
  await expect(accepted()).toBeVisible()
  await app.page.keyboard.press('Control+z')
  await expect(accepted()).toHaveCount(0)
})
