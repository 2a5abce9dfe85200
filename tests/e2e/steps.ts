import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { typeset } from '../../src/shared/locales/typeset.ts'
import { expect, root, type App } from './app.ts'

type Texts = { readonly [name: string]: string | Texts }

/** A text of the interface as the page shows it, by language and name; plural forms and values are cut off at the first of them. */
export function textOf(language: 'ca' | 'en', name: string): string {
  const [area = '', ...rest] = name.split('.')
  const file = join(root, 'src', 'shared', 'locales', language, 'interface', `${area}.json`)
  const found = rest.reduce<string | Texts | undefined>(
    (texts, part) => (typeof texts === 'object' ? texts[part] : undefined),
    JSON.parse(readFileSync(file, 'utf8')) as Texts
  )
  if (typeof found !== 'string') throw new Error(`no text ${name} in ${language}`)
  return typeset(found)
}

export const ca = (name: string): string => textOf('ca', name)

/** The screens of the window by the links of its bar. */
export async function go(
  page: Page,
  screen: 'import' | 'sheet' | 'record' | 'inventory' | 'export' | 'models',
  language: 'ca' | 'en' = 'ca'
): Promise<void> {
  const link = page
    .getByRole('navigation', { name: textOf(language, 'frame.screens') })
    .getByRole('link', { name: textOf(language, screen === 'inventory' ? 'inventory.screen' : `frame.${screen}`), exact: true })
  await link.click()
  // The code of a screen is loaded when it is first asked for.
  await expect(link).toHaveAttribute('aria-current', 'page')
}

/** The tree of a facet. */
export const treeOf = (
  page: Page,
  facet: 'objectTypes' | 'materials' | 'disciplines' | 'subjects',
  language: 'ca' | 'en' = 'ca'
): Locator => page.getByRole('tree', { name: new RegExp(`^${textOf(language, `frame.facet.${facet}`)}`) })

/** Makes a catalogue in the folder of the test and opens it: the import is on screen after it. */
export async function createCatalogue({ page, folder }: App, name: string): Promise<void> {
  await page.getByRole('button', { name: ca('home.create') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(ca('home.name'), { exact: true }).fill(name)
  await dialog.getByLabel(ca('home.where'), { exact: true }).fill(folder)
  await dialog.getByRole('button', { name: ca('home.createNow') }).click()
  await expect(page.getByLabel(ca('import.folder'))).toBeVisible()
}

/** Opens the sample collection and waits until every object has its suggestions. */
export async function openSample({ page }: App): Promise<void> {
  await page.getByRole('button', { name: ca('home.trySample') }).click()
  await expect(page.getByRole('grid', { name: ca('sheet.objects') })).toBeVisible()
  await expect(page.getByText(/^(\d+) de \1 objectes en tenen$/)).toBeVisible({ timeout: 60_000 })
}

/** Opens the record of the first object of the contact sheet by keyboard, and waits for its trees. */
export async function openFirstRecord({ page }: App, language: 'ca' | 'en' = 'ca'): Promise<void> {
  await page.getByRole('gridcell').first().focus()
  await page.keyboard.press('Enter')
  await expect(treeOf(page, 'objectTypes', language).getByRole('treeitem').first()).toBeVisible()
}

/** Presses a button of a dialog by keyboard, once the dialog has come to rest and taken the focus: before that it would take it away again. */
export async function pressInDialog(button: Locator): Promise<void> {
  await button.click({ trial: true })
  await expect(button.page().locator('[role=dialog] :focus')).not.toHaveCount(0)
  await button.press('Enter')
}

/** Waits until no dialog is shown, also none that is closing. */
export async function dialogsClosed(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toHaveCount(0)
}
