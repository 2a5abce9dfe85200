import { expect, test } from '../e2e/app.ts'
import { ca } from '../e2e/steps.ts'
import { statusOf } from './processes.ts'

test('the window is isolated and sandboxed and cannot navigate away, as reported by Electron', async ({ app }) => {
  const { page, electron } = app
  await expect(page.getByRole('button', { name: ca('home.trySample') })).toBeVisible()

  await test.step('options as they are in force', async () => {
    const preferences = await electron.evaluate(({ BrowserWindow }) => {
      // Not among Electron's types, but what tests of its own use too.
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      return contents.getLastWebPreferences()
    })
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false
    })
    // Electron tells these two only where they are on.
    expect([preferences['nodeIntegrationInWorker'], preferences['navigateOnDragDrop']]).not.toContain(true)
    expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  await test.step('the system confines the renderer', async () => {
    const pid = await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0)
    // 2 = calls to the kernel pass a filter (proc(5)).
    expect(statusOf(pid, 'Seccomp')).toBe('2')
    expect(statusOf(pid, 'NoNewPrivs')).toBe('1')
    expect(Number(statusOf(pid, 'CapEff'))).toBe(0)
  })

  await test.step('the page has the bridge and nothing of Node', async () => {
    const surface = await page.evaluate(() => ({
      bridge: Object.fromEntries(
        Object.entries((window as unknown as { fitxa: object }).fitxa).map(([name, value]) => [name, typeof value])
      ),
      node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window)
    }))
    expect(surface).toEqual({
      bridge: {
        pickFolder: 'function',
        pathOfFile: 'function',
        showInFolder: 'function',
        openPicture: 'function',
        reportWork: 'function',
        notify: 'function',
        setLanguage: 'function',
        onRequest: 'function',
        versions: 'object'
      },
      node: []
    })
    expect(await page.evaluate(() => Reflect.set(window, 'fitxa', {}))).toBe(false)
  })

  await test.step('no permission is granted', async () => {
    const answers = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'midi', 'persistent-storage', 'clipboard-read'] as PermissionName[]
      const states = await Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
      const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'granted',
        (error: Error) => error.name
      )
      return { states: [...new Set(states)], camera }
    })
    expect(answers).toEqual({ states: ['denied'], camera: 'NotAllowedError' })
  })

  await test.step('it opens no other page, in itself, in a frame or in a window', async () => {
    const before = page.url()
    for (const address of ['https://example.org/', 'file:///etc/passwd', 'app://other/']) {
      await page.evaluate((to) => location.assign(to), address)
      await page.evaluate((to) => {
        const frame = document.createElement('iframe')
        frame.src = to
        document.body.append(frame)
        frame.remove()
      }, address)
      expect(await page.evaluate((to) => window.open(to) === null, address)).toBe(true)
    }
    expect(page.url()).toBe(before)
    expect(electron.windows()).toHaveLength(1)
    expect(
      await page.evaluate(() =>
        fetch('app://other/')
          .then((reply) => reply.status)
          .catch(() => 'refused')
      )
    ).toBe('refused')
  })

  await test.step('its only channel refuses anything but commands', async () => {
    const refused = await electron.evaluate(async ({ ipcMain, webContents }) => {
      const [contents] = webContents.getAllWebContents()
      const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, (event: object, value: unknown) => Promise<unknown>> })
        ._invokeHandlers
      const own = { sender: contents, senderFrame: contents?.mainFrame }
      const foreign = { sender: contents, senderFrame: { url: 'https://example.org/', parent: null } }
      const ask = (event: object, value: unknown): Promise<string> =>
        (handlers.get('fitxa:shell')?.(event, value) ?? Promise.reject(new Error('no channel'))).then(
          () => 'done',
          (error: Error) => error.message
        )
      return {
        channels: [...handlers.keys()],
        answers: [
          await ask(own, { kind: 'openExternal', path: '/x' }),
          await ask(own, { kind: 'openPicture', path: '/bin/sh' }),
          await ask(foreign, { kind: 'listening' })
        ]
      }
    })
    expect(refused).toEqual({ channels: ['fitxa:shell'], answers: ['refused', 'refused', 'refused'] })
  })
})
