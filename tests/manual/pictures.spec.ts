import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { expect, root, sampleFolder, test } from '../e2e/app.ts'
import { go, openFirstRecord, openSample, textOf } from '../e2e/steps.ts'

/** Takes the pictures of the user manual (`npm run manual`), each of a real screen with the sample collection, in `docs/manual/images`. */
async function take(page: Page, language: 'ca' | 'en', name: string): Promise<void> {
  const folder = join(root, 'docs', 'manual', 'images', language)
  mkdirSync(folder, { recursive: true })
  // The focus ring and the blinking cursor of the moment are not what the picture is about.
  await page.mouse.move(0, 0)
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' })
  writeFileSync(join(folder, `${name}.webp`), await sharp(picture).webp({ quality: 72, effort: 6 }).toBuffer())
}

for (const language of ['ca', 'en'] as const) {
  test(`the screens, in ${language}`, async ({ app }) => {
    const { page } = app
    await page.emulateMedia({ colorScheme: 'light' })
    await openSample(app)
    if (language === 'en') {
      await page.keyboard.press('Shift+F8')
      await page.keyboard.press('F8')
    }
    await expect(page.getByRole('grid', { name: textOf(language, 'sheet.objects') })).toBeVisible()
    await take(page, language, 'sheet')

    await openFirstRecord(app, language)
    await page.keyboard.press('1')
    await page.keyboard.press('Shift+Digit2')
    await expect(page.getByRole('tree').first().locator('[aria-checked=true]')).toBeVisible()
    await take(page, language, 'record')

    await go(page, 'import', language)
    await page.getByLabel(textOf(language, 'import.folder')).fill(sampleFolder)
    await page.getByLabel(textOf(language, 'import.pattern')).fill('{num}[_{view:letters}]')
    await expect(page.getByText('FX-001').first()).toBeVisible()
    // Where the pictures lie on the machine of whoever runs this is nobody's business.
    await page.evaluate((folder) => {
      for (const input of document.querySelectorAll('input')) if (input.value === folder) input.value = '/home/anna/Imatges/Ceràmica'
    }, sampleFolder)
    await take(page, language, 'import')

    await go(page, 'export', language)
    await page.getByRole('button', { name: textOf(language, 'export.check'), exact: true }).click()
    await expect(page.getByText(textOf(language, 'export.notChecked'))).toBeHidden()
    await take(page, language, 'export')

    await go(page, 'models', language)
    await expect(page.getByRole('heading', { name: textOf(language, 'models.models'), exact: true }).first()).toBeVisible()
    await take(page, language, 'models')

    await page.getByRole('link', { name: textOf(language, 'frame.fitxaHome') }).click()
    await page.getByRole('button', { name: textOf(language, 'home.closeCatalogue') }).click()
    await expect(page.getByRole('button', { name: textOf(language, 'home.create') })).toBeVisible()
    await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      for (let text = walker.nextNode(); text !== null; text = walker.nextNode())
        text.textContent = text.textContent?.replace(/\/tmp\/\S*\/samples/, '/home/anna/.local/share/fitxa/samples') ?? ''
    })
    await take(page, language, 'home')
  })
}
