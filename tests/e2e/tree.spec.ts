import { expect, test } from './app.ts'
import { ca, openFirstRecord, openSample, treeOf } from './steps.ts'

const facets = { objectTypes: 894, materials: 269, disciplines: 33, subjects: 7 } as const

test('all nodes of all facets open, few of them in the document, each knowing its place', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  for (const button of await page.getByRole('button', { name: ca('record.wholeTree') }).all()) await button.click()

  for (const facet of Object.keys(facets) as (keyof typeof facets)[]) {
    const tree = treeOf(page, facet)
    await tree.getByRole('treeitem').first().click()
    // A tree is walked to its end by its keys: `*` opens all siblings, End goes to the last visible row.
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
