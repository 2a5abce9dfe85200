import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './app.ts'
import { ca, openFirstRecord, openSample, treeOf } from './steps.ts'

test('a whole object is done with eight keys and no mouse, and the next one is there', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  await expect(page.getByRole('heading', { name: /FX-001/ })).toBeVisible()
  for (const key of ['1', 'Enter', '1', 'Enter', '1', 'Enter', '1', 'Enter']) await page.keyboard.press(key)
  await expect(page.getByRole('heading', { name: /FX-002/ })).toBeVisible()
  await page.keyboard.press('k')
  await expect(page.getByRole('heading', { name: /FX-001/ })).toBeVisible()
  for (const name of ['Tipus d’objecte', 'Materials', 'Disciplines', 'Temes']) {
    await expect(page.getByRole('tree', { name: new RegExp(`^${name}, tancada`) })).toBeVisible()
  }
})

test('moving decides nothing', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  for (const key of ['j', 'j', 'k', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowLeft', 'Tab', 'Tab', 'Shift+Tab', 'End', 'Home']) {
    await page.keyboard.press(key)
  }
  await expect(page.locator('[role="treeitem"][aria-checked="true"]')).toHaveCount(0)
  await expect(page.getByText(/^Desfés:/)).toHaveCount(0)
})

test('a term is found in the whole AAT, accepted, refined and taken back', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  await page.keyboard.press('/')
  await page.keyboard.type('bronze')
  await expect(page.getByRole('option', { name: /bronze.*300010957/ }).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+2')
  await page.keyboard.press('/')
  await page.keyboard.type('bronze')
  const option = page.getByRole('option', { name: /bronze.*300010957/ }).first()
  await expect(option).toBeVisible()
  await option.click()
  const accepted = treeOf(page, 'materials').getByRole('treeitem', { name: /^bronze.*acceptat/ })
  await expect(accepted).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(accepted).toHaveCount(0)
  await expect(page.getByRole('contentinfo').getByText('Desfet: accepta «bronze».')).toBeVisible()
})

test('a term of another facet is never preselected, and asks before it reopens a closed facet', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('tree', { name: /^Tipus d’objecte, tancada/ })).toBeVisible()
  await page.keyboard.press('Control+4')
  await page.keyboard.press('/')
  await page.keyboard.type('àmfora')
  await expect(page.getByText('Cap a Temes, sí en d’altres')).toBeVisible()
  await expect(page.locator('[role=option][aria-selected=true]')).toHaveCount(0)
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await expect(page.locator('[role=option][aria-selected=true]')).toContainText('Tipus d’objecte')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/Tipus d’objecte és tancada/)).toBeVisible()
  await expect(page.locator('[role="treeitem"][aria-checked="true"]')).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect(treeOf(page, 'objectTypes').getByRole('treeitem', { name: /^àmfora.*acceptat/ })).toBeVisible()
})

test('no key that moves on takes its own work back', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  for (const key of ['n', 'Enter', 'Shift+N', 'Enter']) await page.keyboard.press(key)
  await expect(page.getByRole('heading', { name: /FX-002/ })).toBeVisible()
  await page.keyboard.press('k')
  await expect(page.getByRole('heading', { name: /FX-001/ })).toBeVisible()
  for (const state of ['Tipus d’objecte, no aplicable', 'Materials, tancada', 'Disciplines, no es pot veure', 'Temes, tancada'])
    await expect(page.getByRole('tree', { name: new RegExp(`^${state}`) })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: /FX-002/ })).toBeVisible()
  await page.keyboard.press('k')
  await expect(page.getByRole('tree', { name: /^Temes, tancada/ })).toBeVisible()
  await page.keyboard.press('Control+2')
  await page.keyboard.press('o')
  await expect(page.getByRole('tree', { name: /^Materials, oberta/ })).toBeVisible()
})

test('undo shows what it is about to change before it changes it', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  await page.keyboard.press('1')
  const accepted = treeOf(page, 'objectTypes').getByRole('treeitem', { name: /acceptat/ })
  await expect(accepted).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('Control+2')
  await expect(page.getByRole('heading', { name: /FX-002/ })).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('heading', { name: /FX-001/ })).toBeVisible()
  await expect(accepted).toBeVisible()
  await expect(treeOf(page, 'objectTypes').locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Control+z')
  await expect(accepted).toHaveCount(0)
})

// Electron asks with the system's own dialog.
test('folders are walked by keyboard in the window that asks for one', { tag: '@browser' }, async ({ app }) => {
  const { page, folder } = app
  await mkdir(join(folder, 'a', 'b', 'c'), { recursive: true })
  await page.getByRole('button', { name: ca('home.create') }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(ca('home.where'), { exact: true }).fill(join(folder, 'a'))
  await dialog.getByRole('button', { name: ca('home.chooseFolder') }).press('Enter')
  await expect(page.getByRole('button', { name: 'b', exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'c', exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel(ca('folders.path'))).toBeFocused()
  await expect(page.getByLabel(ca('folders.path'))).toHaveValue(join(folder, 'a', 'b', 'c'))
})

test('a key that is held down decides once', async ({ app }) => {
  const { page } = app
  await openSample(app)
  await openFirstRecord(app)
  await page.keyboard.down('1')
  await page.keyboard.down('1')
  await page.keyboard.down('1')
  await page.keyboard.up('1')
  await expect(treeOf(page, 'objectTypes').getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })).toBeVisible()
})
