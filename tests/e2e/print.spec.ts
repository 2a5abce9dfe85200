import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readPdf } from '../fixtures/pdf-text.ts'
import { expect, test } from './app.ts'
import { sampleCatalogue } from './places.ts'
import { ca, go, openFirstRecord, openSample, treeOf } from './steps.ts'

test('the record on screen and the contact sheet are saved as PDF', async ({ app, shell }) => {
  const { page } = app
  const exported = join(sampleCatalogue(join(app.folder, 'data')), 'exports')
  const newest = (): string => {
    const [file] = readdirSync(exported).sort().slice(-1)
    return join(exported, file ?? '')
  }
  await openSample(app)
  await openFirstRecord(app)
  await page.keyboard.press('1')
  await expect(treeOf(page, 'objectTypes').getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })).toBeVisible()

  await test.step('the card of the object on screen', async () => {
    await page.getByRole('button', { name: ca('print.objectMenu') }).click()
    await page.getByRole('menuitem', { name: ca('print.card') }).click()
    await page.getByRole('button', { name: /^Fes el PDF d.1 objecte$/ }).click()
    await expect(page.getByText(/1 fitxa exportada/)).toBeVisible({ timeout: 60_000 })
    const { pages, text, pictures } = readPdf(readFileSync(newest()))
    expect([pages, pictures]).toEqual([1, 1])
    expect(text).toContain('FX-001')
    expect(text).toMatch(/aat:\d{9}/)
  })

  await test.step('and the way to it', async () => {
    if (shell === 'browser') {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: ca('export.download') }).click()])
      expect(readFileSync(await download.path())).toEqual(readFileSync(newest()))
      return
    }
    await app.electron.evaluate(({ shell: desktop }) => {
      Object.assign(globalThis, { shown: [] })
      desktop.showItemInFolder = (path) => (globalThis as unknown as { shown: string[] }).shown.push(path)
    })
    await page.getByRole('button', { name: ca('export.showInFolder') }).click()
    await expect.poll(() => app.electron.evaluate(() => (globalThis as unknown as { shown: string[] }).shown)).toEqual([newest()])
  })

  await test.step('the contact sheet of the whole catalogue', async () => {
    await go(page, 'sheet')
    await go(page, 'export')
    await page.getByRole('radio', { name: new RegExp(ca('print.formats.contactSheet.name')) }).check()
    await page.getByRole('button', { name: /^Fes el PDF de 26 objectes$/ }).click()
    await expect(page.getByText(/26 fitxes exportades/)).toBeVisible({ timeout: 60_000 })
    const { pages, text } = readPdf(readFileSync(newest()))
    expect(pages).toBe(2)
    expect(text).toContain('FX-001')
  })
})
