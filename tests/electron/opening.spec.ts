import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, sampleFolder, test, type App } from '../e2e/app.ts'
import { sampleCatalogue } from '../e2e/places.ts'
import { launchElectron } from '../e2e/shells.ts'
import { ca, go, openSample } from '../e2e/steps.ts'

/** Drops files of this machine on the middle of the window, as a file manager does. */
async function drop(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { x, y } = await page.evaluate(() => ({ x: innerWidth / 2, y: innerHeight / 2 }))
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x, y, data })
  await session.detach()
}

function photographs(folder: string, count = 3): string {
  const source = join(folder, 'fotos')
  mkdirSync(source, { recursive: true })
  for (const name of readdirSync(sampleFolder).sort().slice(0, count)) cpSync(join(sampleFolder, name), join(source, name))
  return source
}

async function makeCatalogue({ page, folder }: App): Promise<void> {
  const dialog = page.getByRole('dialog', { name: ca('home.createTitle') })
  await dialog.getByLabel(ca('home.name'), { exact: true }).fill('Deixat anar')
  await dialog.getByLabel(ca('home.where'), { exact: true }).fill(folder)
  await dialog.getByRole('button', { name: ca('home.createNow') }).click()
}

test('a folder that is dropped with no catalogue open waits until one is made', async ({ app }) => {
  const source = photographs(app.folder)
  await expect(app.page.getByRole('button', { name: ca('home.create') })).toBeVisible()
  await drop(app.page, [source])
  await expect(app.page.getByText(ca('frame.makeCatalogueFirst'))).toBeVisible()
  await makeCatalogue(app)
  await expect(app.page.getByLabel(ca('import.folder'))).toHaveValue(source)
})

test('what is dropped on any screen is opened: folders, pictures, a catalogue', async ({ app }) => {
  const { page, folder } = app
  const source = photographs(folder)
  await openSample(app)
  for (const screen of ['sheet', 'export', 'models', 'import'] as const) {
    await go(page, screen)
    // A screen that is still being loaded takes no drop: nobody sees it yet.
    await page.waitForURL(`**/#/${screen}`)
    await drop(page, [source])
    await expect(page.getByLabel(ca('import.folder'))).toHaveValue(source)
    await page.getByLabel(ca('import.folder')).fill('')
  }
  const chosen = readdirSync(source)
    .slice(0, 2)
    .map((name) => join(source, name))
  await drop(page, chosen)
  await expect(page.getByText('Només 2 fitxers triats d’aquesta carpeta.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Importa 2 fitxers' })).toBeEnabled()

  await page.getByRole('link', { name: ca('frame.fitxaHome') }).click()
  await page.getByRole('button', { name: ca('home.create') }).click()
  await makeCatalogue(app)
  await expect(page.locator('.app-bar-catalogue')).toHaveText('Deixat anar')
  await drop(page, [sampleCatalogue(join(folder, 'data'))])
  await expect(page.locator('.app-bar-catalogue')).toHaveText('Mostra')
})

test('a catalogue is opened by an argument, and folders are chosen in the dialog of the system', async ({ app }) => {
  const { page, folder } = app
  await page.getByRole('button', { name: ca('home.create') }).click()
  const dialog = page.getByRole('dialog', { name: ca('home.createTitle') })
  await app.chooseFolder(folder, () => dialog.getByRole('button', { name: ca('home.chooseFolder') }).click())
  await expect(dialog.getByLabel(ca('home.where'), { exact: true })).toHaveValue(folder)
  await makeCatalogue(app)
  await expect(page.locator('.app-bar-catalogue')).toHaveText('Deixat anar')
  await app.electron.close()

  const data = mkdtempSync(join(tmpdir(), 'fitxa-data-'))
  const opened = await launchElectron({ ...process.env, FITXA_DATA: data }, [join(folder, 'Deixat anar.fitxa')])
  const window = opened.windows()[0] ?? (await opened.waitForEvent('window'))
  await expect(window.locator('.app-bar-catalogue')).toHaveText('Deixat anar')
  await opened.close()
  rmSync(data, { recursive: true, force: true })
})

test.describe('while the sample is imported for the first time', () => {
  test.use({ sample: 'new' })

  test('a job shows on the task bar, keeps the computer awake and tells its end while the window is not in front', async ({ app }) => {
    const { page, electron } = app
    await expect(page.getByRole('button', { name: ca('home.trySample') })).toBeVisible()
    await electron.evaluate(({ BrowserWindow, Notification, powerSaveBlocker }) => {
      const told = { bar: [] as number[], awake: [] as string[], notices: [] as string[] }
      Object.assign(globalThis, { told })
      const [window] = BrowserWindow.getAllWindows()
      if (window === undefined) return
      window.setProgressBar = (value) => void told.bar.push(value)
      window.isFocused = () => false
      const { start, stop } = powerSaveBlocker
      powerSaveBlocker.start = (type) => (told.awake.push(type), start.call(powerSaveBlocker, type))
      powerSaveBlocker.stop = (id) => (told.awake.push('over'), stop.call(powerSaveBlocker, id))
      Notification.isSupported = () => true
      Notification.prototype.show = function () {
        told.notices.push(this.body)
      }
    })
    await openSample(app)
    const told = () =>
      electron.evaluate(() => (globalThis as unknown as { told: { bar: number[]; awake: string[]; notices: string[] } }).told)
    await expect.poll(async () => (await told()).awake.at(-1)).toBe('over')
    const { bar, awake, notices } = await told()
    expect(bar.at(-1)).toBe(-1)
    expect(bar.some((value) => value > 0)).toBe(true)
    expect(awake[0]).toBe('prevent-app-suspension')
    expect(notices).toEqual(['S’ha acabat: importació «images»', 'S’ha acabat: suggeriments «Mostra»'])
  })
})
