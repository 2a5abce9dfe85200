import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { sentence } from '../../src/shared/locales/errors.ts'
import { expect, test, type App } from '../e2e/app.ts'
import { appArguments, electronProgram } from '../e2e/shells.ts'
import { ca, openFirstRecord, openSample, textOf, treeOf } from '../e2e/steps.ts'
import { corePid, isAlive, processesBelow } from './processes.ts'

/** Starts the program once more, and waits for what it says and its end. */
async function startAgain(folder: string, paths: readonly string[] = []): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, FITXA_DATA: join(folder, 'data') }
  const second = spawn(electronProgram, [...appArguments, '--disable-gpu', ...paths], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  second.stderr.on('data', (text) => (said += text))
  const [code] = (await once(second, 'close')) as [number | null]
  return { code, said }
}

const bounds = (app: App) =>
  app.electron.evaluate(({ BrowserWindow, screen }) => ({
    window: BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    screen: screen.getPrimaryDisplay().workArea
  }))

const stateFile = (app: App): string => join(app.folder, 'data', 'window', 'window.json')

test('a second start says so, passes its arguments on, and ends', async ({ app }) => {
  const { page, folder } = app
  const photos = join(folder, 'fotos')
  mkdirSync(photos)
  await expect(page.getByRole('button', { name: ca('home.create') })).toBeVisible()
  const { code, said } = await startAgain(folder, [photos])
  expect(code).toBe(0)
  expect(said).toContain('Fitxa ja és oberta')
  expect(said).toContain(join(folder, 'data'))
  await expect(page.getByRole('dialog', { name: ca('home.createTitle') })).toBeVisible()
  expect(app.electron.windows()).toHaveLength(1)
})

test('the core comes back after a crash with the record on screen, and all ends with the window', async ({ app }) => {
  const { page, electron } = app
  await openSample(app)
  await openFirstRecord(app)
  const first = await corePid(electron)
  process.kill(first, 'SIGKILL')
  const second = await corePid(electron, first)
  expect(second).not.toBe(first)
  // The page opens the catalogue again in the new core.
  const isOpen = (): Promise<boolean> =>
    page.evaluate(async () => {
      const reply = await fetch('/rpc/catalogue/current', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
      return reply.ok && ((await reply.json()) as { json: unknown }).json !== null
    })
  await expect.poll(isOpen).toBe(true)
  await page.keyboard.press('1')
  await expect(treeOf(page, 'objectTypes').getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })).toBeVisible()

  const all = processesBelow(electron.process().pid ?? 0).map(({ pid }) => pid)
  expect(all.length).toBeGreaterThan(3)
  await electron.close()
  await expect.poll(() => all.filter(isAlive)).toEqual([])
})

test('after repeated crashes of the core the program shows an error and ends', async ({ app }) => {
  const { electron } = app
  const ended = once(electron.process(), 'exit')
  const marker = join(app.folder, 'said.txt')
  await electron.evaluate(({ dialog }, file) => {
    dialog.showErrorBox = (title, text) => process.getBuiltinModule('fs').writeFileSync(file, `${title}: ${text}`)
  }, marker)
  let last: number | undefined
  let over = false
  void ended.then(() => (over = true))
  while (!over) {
    const cores = processesBelow(electron.process().pid ?? 0).filter(
      ({ command, pid }) => command.includes('core-process.js') && pid !== last
    )
    const [core] = cores
    if (core !== undefined) process.kill((last = core.pid), 'SIGKILL')
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(readFileSync(marker, 'utf8')).toBe(`Fitxa: ${sentence('ca', 'shell.coreFailed')}`)
})

test('the window opens at its last position, or on another screen if that one is gone', async ({ app }) => {
  const place = { x: 120, y: 90, width: 1200, height: 700 }
  mkdirSync(join(app.folder, 'data', 'window'), { recursive: true })
  writeFileSync(stateFile(app), JSON.stringify({ bounds: place, zoom: 1 }))
  // The test's own start set the size; only a new start reads the file.
  await app.restart()
  const moved = { x: 9000, y: 9000, width: 1200, height: 700 }
  writeFileSync(stateFile(app), JSON.stringify({ bounds: moved, zoom: 1 }))
  await app.restart()
  const { window, screen } = await bounds(app)
  expect(window?.x).toBeGreaterThanOrEqual(screen.x)
  expect((window?.x ?? 0) + (window?.width ?? 0)).toBeLessThanOrEqual(screen.x + screen.width)
  expect((window?.y ?? 0) + (window?.height ?? 0)).toBeLessThanOrEqual(screen.y + screen.height)
})

test('the interface is zoomed by Ctrl with + − 0, and stays so', async ({ app }) => {
  const factor = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor())
  const press = (keyCode: string) =>
    app.electron.evaluate(({ BrowserWindow }, key) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      contents?.sendInputEvent({ type: 'keyDown', keyCode: key, modifiers: ['control'] })
      contents?.sendInputEvent({ type: 'keyUp', keyCode: key, modifiers: ['control'] })
    }, keyCode)
  await press('=')
  await expect.poll(factor).toBeCloseTo(1.1)
  await press('=')
  await expect.poll(factor).toBeCloseTo(1.25)
  await press('-')
  await expect.poll(factor).toBeCloseTo(1.1)
  // Closing keeps it; a crash would not.
  const ended = once(app.electron.process(), 'exit')
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await ended
  expect(JSON.parse(readFileSync(stateFile(app), 'utf8'))).toMatchObject({ zoom: 1.1 })
  await app.restart()
  await expect.poll(factor).toBeCloseTo(1.1)
})

test('the page follows the theme of the system', async ({ app }) => {
  const ground = () => app.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const source = (theme: 'dark' | 'light') =>
    app.electron.evaluate(({ nativeTheme }, value) => void (nativeTheme.themeSource = value), theme)
  await app.page.emulateMedia({ colorScheme: null })
  await source('light')
  const light = await ground()
  await source('dark')
  await expect.poll(ground).not.toBe(light)
})

test('the menu is hidden, speaks the language of the interface and carries out its commands', async ({ app }) => {
  const { page, electron } = app
  const click = (label: string) =>
    electron.evaluate(({ Menu }, wanted) => {
      const items = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []) ?? []
      items.find((item) => item.label === wanted)?.click()
      return items.map((item) => item.label)
    }, label)
  expect(
    await electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => [window.isMenuBarAutoHide(), window.isMenuBarVisible()])
    )
  ).toEqual([[true, false]])
  await expect(page.getByRole('button', { name: ca('home.create') })).toBeVisible()
  await click('Tecles')
  await expect(page.getByRole('dialog', { name: ca('keys.title') })).toBeVisible()
  await page.keyboard.press('Escape')
  await click('Canvia la llengua de la interfície')
  await expect(page.getByRole('button', { name: textOf('en', 'home.create') })).toBeVisible()
  await expect.poll(() => click('')).toContain('About Fitxa')
})
