import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { expect, root, test, type App } from '../e2e/app.ts'
import { go, openFirstRecord, openSample, textOf } from '../e2e/steps.ts'

/** Photographs every screen in both languages into docs/screens, with the sample collection. Run by `npm run screens`. */
const target = join(root, 'docs/screens')

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.evaluate(hidePaths, [root, tmpdir()])
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect.poll(() => page.evaluate(() => [...document.images].every((image) => image.complete))).toBe(true)
  await mkdir(target, { recursive: true })
  await sharp(await page.screenshot())
    .webp({ quality: 72 })
    .toFile(join(target, `${name}.webp`))
}

/** Where things lie on the machine of whoever runs this is nobody's business. */
function hidePaths(folders: readonly string[]): void {
  const shown = (text: string): string => folders.reduce((rest, folder) => rest.replaceAll(folder, '/home/anna'), text)
  for (const input of document.querySelectorAll('input')) if (shown(input.value) !== input.value) input.value = shown(input.value)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.nodeValue ?? ''
    if (shown(text) !== text) node.nodeValue = shown(text)
  }
}

async function recordPictures(app: App, language: 'ca' | 'en'): Promise<void> {
  const { page } = app
  const text = (name: string): string => textOf(language, name)
  await go(page, 'sheet', language)
  await openFirstRecord(app, language)
  await page.keyboard.press('1')
  await picture(page, `record-1366-${language}`)
  await page.keyboard.press('Control+f')
  await page.getByRole('combobox', { name: text('record.search.title') }).fill('ampolla')
  await expect(page.getByRole('option').first()).toBeVisible()
  await picture(page, `search-${language}`)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+F10')
  await expect(page.getByRole('menu')).toBeVisible()
  await picture(page, `menu-${language}`)
  await page.keyboard.press('Escape')
  await app.resize(1920, 968)
  await picture(page, `record-1920-${language}`)
  await app.resize(683, 344)
  await picture(page, `record-200-percent-${language}`)
  await app.resize(1366, 688)
}

/** An inventory with a doubtful pair, as museums have them. */
const inventory = [
  'Número;Títol;Autor;Mides',
  'fx 1;Gerro blau;Anònim;12 cm',
  'FX-002;Plat;;',
  'FX3;Olla;;18 × 20 cm',
  'FX-3;Olla segona;;'
]

async function museumPictures(app: App, language: 'ca' | 'en'): Promise<void> {
  const { page, folder } = app
  const text = (name: string): string => textOf(language, name)
  const file = join(folder, 'inventari.csv')
  await writeFile(file, inventory.join('\n'))
  await go(page, 'inventory', language)
  await page.getByLabel(text('inventory.file'), { exact: true }).fill(file)
  await expect(page.getByRole('checkbox', { name: /^FX3/ })).toBeVisible()
  await picture(page, `inventory-${language}`)
  await go(page, 'sheet', language)
  await openFirstRecord(app, language)
  await page
    .getByRole('button', { name: new RegExp(text('learning.learned').split('{')[0] + '|' + text('learning.nothing')) })
    .first()
    .click()
  await expect(page.getByRole('dialog', { name: text('learning.title') })).toBeVisible()
  await picture(page, `learning-${language}`)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: text('frame.fitxaHome') }).click()
  await page.getByRole('button', { name: text('history.button') }).click()
  await expect(page.getByRole('table', { name: text('history.list') })).toBeVisible()
  await picture(page, `history-${language}`)
  await page.getByRole('link', { name: text('frame.fitxaHome') }).click()
  await page.getByRole('button', { name: text('backups.button') }).click()
  await page.getByRole('button', { name: text('backups.makeNow') }).click()
  await expect(page.getByRole('dialog').getByRole('cell', { name: text('backups.reason.manual') })).toBeVisible()
  await picture(page, `backups-${language}`)
  await page.keyboard.press('Escape')
}

// With the encoder, where it is installed, so that the pictures show what was learned.
test.use({ environment: { FITXA_ENCODER: '' } })

for (const language of ['ca', 'en'] as const) {
  test(`all screens in ${language}`, async ({ app }) => {
    const { page } = app
    await app.resize(1366, 688)
    await openSample(app)
    if (language === 'en') await page.keyboard.press('Shift+F8')
    await picture(page, `sheet-${language}`)
    await recordPictures(app, language)
    await museumPictures(app, language)
    for (const screen of ['import', 'export', 'models'] as const) {
      await go(page, screen, language)
      if (screen === 'import') {
        await page.getByLabel(textOf(language, 'import.folder'), { exact: true }).fill(join(root, 'resources/sample/images'))
        await page.getByLabel(textOf(language, 'import.pattern'), { exact: true }).fill('{num}_{view}')
        await expect(page.getByRole('heading', { name: textOf(language, 'import.preview') })).toBeVisible()
      }
      await picture(page, `${screen}-${language}`)
    }
    await page.getByRole('link', { name: textOf(language, 'frame.fitxaHome') }).click()
    await picture(page, `home-${language}`)
    await page.getByRole('button', { name: textOf(language, 'home.open') }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await picture(page, `folders-${language}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toBeVisible()
    await picture(page, `keys-${language}`)
  })
}
