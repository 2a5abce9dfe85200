import { expect, test } from './app.ts'
import { ca, openFirstRecord, openSample, treeOf } from './steps.ts'

/** Top nodes of a facet's whole tree; null if the number is not that of the published list. */
const topNodes = { objectTypes: null, materials: null, disciplines: 33, subjects: 7 } as const

test('whole trees hold few rows in the document, each knowing its place', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  for (const button of await page.getByRole('button', { name: ca('record.wholeTree') }).all()) await button.click()

  for (const facet of Object.keys(topNodes) as (keyof typeof topNodes)[]) {
    const tree = treeOf(page, facet)
    await tree.getByRole('treeitem').first().click()
    await page.keyboard.press('Home')
    const rows = tree.getByRole('treeitem')
    expect(await rows.count()).toBeLessThan(60)
    for (const row of (await rows.all()).slice(0, 5)) {
      const [level, size, position] = await Promise.all(
        ['aria-level', 'aria-setsize', 'aria-posinset'].map((name) => row.getAttribute(name))
      )
      expect(Number(level)).toBeGreaterThanOrEqual(1)
      expect(Number(position)).toBeLessThanOrEqual(Number(size))
    }
    if (topNodes[facet] !== null) await expect(rows.first()).toHaveAttribute('aria-setsize', String(topNodes[facet]))
    expect(await tree.locator('[tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('End')
    await expect(tree.locator('[tabindex="0"]')).toBeInViewport()
  }
})

test('arrows open, close and climb as in every tree', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  const focused = () => page.locator('[role="treeitem"]:focus')
  const tree = treeOf(page, 'objectTypes')
  await tree.getByRole('treeitem', { expanded: false }).first().click()
  const level = Number(await focused().getAttribute('aria-level'))
  await page.keyboard.press('ArrowRight')
  await expect(focused()).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(focused()).toHaveAttribute('aria-level', String(level + 1))
  await page.keyboard.press('ArrowLeft')
  await expect(focused()).toHaveAttribute('aria-level', String(level))
  await page.keyboard.press('ArrowLeft')
  await expect(focused()).toHaveAttribute('aria-expanded', 'false')
})
