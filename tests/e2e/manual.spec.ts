import { expect, test } from './app.ts'
import { ca, go, openFirstRecord, openSample, textOf } from './steps.ts'

test('F1 opens the manual at the page of the screen, in the language of the interface', async ({ app }) => {
  const { page } = app
  const manual = page.getByRole('dialog', { name: ca('manual.title') })
  const asked = async (name: string): Promise<void> => {
    await page.keyboard.press('F1')
    await expect(manual.getByRole('article', { name: ca(`manual.page.${name}`) })).toBeVisible()
    await expect(manual.getByRole('heading').first()).toHaveText(ca(`manual.page.${name}`))
  }
  const closed = async (): Promise<void> => {
    await page.keyboard.press('Escape')
    await expect(manual).toBeHidden()
  }
  await expect(page.getByRole('button', { name: ca('home.trySample') })).toBeVisible()
  await asked('home')
  await test.step('with its pictures, from the program itself', async () => {
    const picture = manual.getByRole('img').first()
    await expect(picture).toBeVisible()
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(1366)
  })
  await test.step('from page to page', async () => {
    await manual.getByRole('button', { name: 'importació', exact: true }).click()
    await expect(manual.getByRole('article', { name: ca('manual.page.import') })).toBeVisible()
  })
  await closed()

  await openSample(app)
  await asked('sheet')
  await closed()
  await openFirstRecord(app)
  await asked('record')
  await closed()
  for (const screen of ['import', 'export', 'models'] as const) {
    await go(page, screen)
    await asked(screen)
    await closed()
  }
  await page.getByRole('button', { name: ca('frame.settings'), exact: true }).click()
  await asked('settings')
  await closed()
  await page.keyboard.press('Shift+F8')
  await page.keyboard.press('F1')
  await expect(page.getByRole('article', { name: textOf('en', 'manual.page.models') })).toBeVisible()
  await expect(page.getByRole('article').getByRole('heading').first()).toHaveText('Models and training')
})

test('About shows the licences of everything that is in the program', async ({ app }) => {
  const { page } = app
  await page.getByRole('button', { name: ca('frame.settings'), exact: true }).click()
  await page.getByRole('button', { name: ca('frame.about') }).click()
  await page.getByRole('button', { name: ca('about.showLicences') }).click()
  const licences = page.getByLabel(ca('about.licences'))
  for (const name of ['better-sqlite3', 'vue', 'sharp', 'DejaVu Sans Condensed', 'CLIP ViT-B/16'])
    await expect(licences).toContainText(name)
})
