import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './app.ts'
import { ca, go, openFirstRecord, openSample, textOf } from './steps.ts'

/** Serious and critical findings of axe on what the page shows now. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

for (const [language, theme] of [
  ['ca', 'light'],
  ['en', 'dark']
] as const) {
  test(`axe finds nothing serious on any screen (${language}, ${theme})`, async ({ app }) => {
    const { page } = app
    await page.emulateMedia({ colorScheme: theme })
    const check = async (screen: string): Promise<void> => expect(await findings(page), screen).toEqual([])

    await check('home')
    await page.getByRole('button', { name: ca('home.create') }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await check('new catalogue')
    await page.keyboard.press('Escape')
    await openSample(app)
    if (language === 'en') await page.keyboard.press('Shift+F8')
    await expect(page.getByRole('grid', { name: textOf(language, 'sheet.objects') })).toBeVisible()
    await check('contact sheet')
    await go(page, 'import', language)
    await expect(page.getByLabel(textOf(language, 'import.folder'))).toBeVisible()
    await check('import')
    await go(page, 'export', language)
    await check('export')
    await go(page, 'sheet', language)
    await openFirstRecord(app, language)
    await page.keyboard.press('1')
    await page.keyboard.press('Shift+Digit2')
    await check('record')
    await page.keyboard.press('/')
    await page.keyboard.type('bron')
    await expect(page.getByRole('option').first()).toBeVisible()
    await check('term search')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toBeVisible()
    await check('key sheet')
  })
}
