import { expect, test } from './app.ts'
import { go, openFirstRecord, openSample, textOf } from './steps.ts'

const facets = ['objectTypes', 'materials', 'disciplines', 'subjects'] as const

for (const language of ['ca', 'en'] as const) {
  test(`everything that must be in view is in view at 1366 x 768 (${language})`, async ({ app }) => {
    const { page } = app
    await app.resize(1366, 688)
    await openSample(app)
    if (language === 'en') await page.keyboard.press('Shift+F8')

    for (const screen of ['sheet', 'import', 'inventory', 'export'] as const) {
      await go(page, screen, language)
      expect(await page.evaluate(() => document.documentElement.scrollWidth), screen).toBeLessThanOrEqual(1366)
    }

    await go(page, 'sheet', language)
    const cards = await page.getByRole('gridcell').all()
    const whole = await Promise.all(cards.map(async (card) => ((await card.boundingBox())?.y ?? 9999) + 148 < 660))
    expect(whole.filter(Boolean).length).toBeGreaterThanOrEqual(12)

    await openFirstRecord(app, language)
    for (const facet of facets) {
      const tree = page.getByRole('tree', { name: new RegExp(`^${textOf(language, `frame.facet.${facet}`)}`) })
      const box = (await tree.boundingBox())!
      expect(box.x + box.width, facet).toBeLessThanOrEqual(1366)
      expect(box.y + box.height, facet).toBeLessThanOrEqual(688)
      const first = (await tree.getByRole('treeitem').first().boundingBox())!
      expect(first.y, facet).toBeGreaterThanOrEqual(box.y)
      expect(first.y + first.height, facet).toBeLessThanOrEqual(box.y + box.height)
    }
    expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([1366, 688])
    // A bar that breaks into two lines, or a screen a pixel too high, costs rows of the trees and brings a second scroll bar.
    expect((await page.getByRole('banner').boundingBox())!.height).toBe(40)
    expect(await page.locator('#main').evaluate((main) => main.scrollHeight - main.clientHeight)).toBe(0)
  })
}

test('the theme follows the system until a person chooses one', async ({ app }) => {
  const { page } = app
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(ground).not.toBe(light)
  await page.getByRole('button', { name: textOf('ca', 'frame.goLight') }).click()
  await expect.poll(ground).toBe(light)
})
