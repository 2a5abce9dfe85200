import { expect, test } from './app.ts'
import { ca, dialogsClosed, openFirstRecord, openSample, pressInDialog, treeOf } from './steps.ts'

test('an action of long ago is undone from the history, and a run removed and brought back, by keyboard', async ({ app }) => {
  await openSample(app)
  await openFirstRecord(app)
  const { page } = app
  const state = (digit: number) =>
    treeOf(page, 'objectTypes').getByRole('treeitem', { name: new RegExp(`suggeriment ${digit},.*acceptat`) })
  await page.keyboard.press('1')
  await expect(state(1)).toBeVisible()
  await page.keyboard.press('2')
  await expect(state(2)).toBeVisible()
  await expect(page.getByText(ca('frame.saved'))).toBeVisible()

  await page.getByRole('link', { name: ca('frame.fitxaHome') }).click()
  await page.getByRole('button', { name: ca('history.button') }).press('Enter')
  const list = page.getByRole('table', { name: ca('history.list') })
  await expect(list.getByRole('button', { name: /Desfés/ })).toHaveCount(2)
  await list
    .getByRole('button', { name: /Detalls/ })
    .last()
    .press('Enter')
  await expect(page.getByRole('dialog')).toContainText('acceptat')
  await page.keyboard.press('Escape')
  await dialogsClosed(page)
  await list
    .getByRole('button', { name: /Desfés/ })
    .last()
    .press('Enter')
  const question = page.getByRole('dialog')
  await expect(question).toContainText(ca('history.confirmClean'))
  await pressInDialog(question.getByRole('button', { name: ca('history.undoNow') }))
  await dialogsClosed(page)
  await expect(list.getByText(ca('history.undone'))).toBeVisible()
  await expect(list.getByRole('button', { name: /Desfés/ })).toHaveCount(1)

  await page.getByRole('button', { name: ca('history.runs'), exact: true }).press('Space')
  const runs = page.getByRole('table', { name: ca('history.runList') })
  await runs
    .getByRole('button', { name: /Elimina/ })
    .first()
    .press('Enter')
  await pressInDialog(question.getByRole('button', { name: ca('history.removeNow') }))
  await dialogsClosed(page)
  await expect(runs.getByText(ca('history.removed'), { exact: true })).toBeVisible()

  await page.getByRole('button', { name: ca('history.actions'), exact: true }).press('Space')
  await list
    .getByRole('row', { name: /elimina una execució/ })
    .getByRole('button', { name: /Desfés/ })
    .press('Enter')
  await pressInDialog(question.getByRole('button', { name: ca('history.undoNow') }))
  await dialogsClosed(page)
  await page.getByRole('button', { name: ca('history.runs'), exact: true }).press('Space')
  await expect(runs.getByText(ca('history.removed'), { exact: true })).toHaveCount(0)
})
