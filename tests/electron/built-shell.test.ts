import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type * as StandIn from './stand-in.ts'

/** The built entry under plain Node, over the real core: what the shell tells Electron, and what its protocol handler answers. */
const root = join(import.meta.dirname, '..', '..')
const entry = join(root, 'out', 'main', 'index.js')
const standIn = pathToFileURL(join(import.meta.dirname, 'stand-in.ts')).href

let data = ''
let electron: typeof StandIn
let handle: (request: Request) => Promise<Response>
const before = { ...process.env }

beforeAll(async () => {
  if (!existsSync(entry)) throw new Error('out/main/index.js is missing: run `npm run build` first')
  data = await mkdtemp(join(tmpdir(), 'fitxa-shell-'))
  process.env['FITXA_DATA'] = data
  process.env['FITXA_NODE'] = process.execPath
  registerHooks({
    resolve: (specifier, context, next) => (specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context))
  })
  // By its own URL: vitest would otherwise load a second copy of the stand-in through its own module graph.
  electron = (await import(/* @vite-ignore */ standIn)) as typeof StandIn
  await import(/* @vite-ignore */ pathToFileURL(entry).href)
  await vi.waitFor(() => expect(electron.recorded.handlers.has('app')).toBe(true), 20_000)
  handle = electron.recorded.handlers.get('app')!
}, 60_000)

afterAll(async () => {
  process.env = before
  await rm(data, { recursive: true, force: true })
})

const rpc = (method: string, input: unknown = {}): Promise<Response> =>
  handle(
    new Request(`app://fitxa/rpc/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: input })
    })
  )

/** Pids of the core processes that this process started. */
const corePids = (): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('core-process.js'))
    .map((line) => Number.parseInt(line, 10))

describe('what the shell tells Electron', () => {
  it('gives its scheme the privileges of a secure site and none beyond', () => {
    expect(electron.recorded.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }
    ])
  })

  it('opens one sandboxed, isolated window on its own page', () => {
    const [window, ...others] = electron.recorded.windows
    expect(others).toEqual([])
    expect(window?.url).toBe('app://fitxa/')
    expect(window?.options['webPreferences']).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true
    })
    expect(existsSync((window?.options['webPreferences'] as { preload: string }).preload)).toBe(true)
    expect(electron.app.sandboxed).toBe(true)
  })

  it('grants no permission', () => {
    const answers: boolean[] = []
    electron.recorded.permissionRequest?.(null, 'geolocation', (granted) => answers.push(granted))
    expect([answers, electron.recorded.permissionCheck?.(), electron.recorded.devicePermission?.()]).toEqual([[false], false, false])
  })

  it('lets the page go nowhere else, opens no window and attaches no webview', () => {
    const { webContents } = electron.recorded.windows[0]!
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(webContents.mayGo(event, 'app://fitxa/#/import')).toBe(true)
      expect(webContents.mayGo(event, 'https://example.org/')).toBe(false)
      expect(webContents.mayGo(event, 'file:///etc/passwd')).toBe(false)
    }
    expect(webContents.mayGo('will-frame-navigate', 'app://fitxa/', false)).toBe(false)
    expect(webContents.mayGo('will-attach-webview', 'app://fitxa/')).toBe(false)
    expect(webContents.windowOpenHandler?.({ url: 'app://fitxa/' })).toEqual({ action: 'deny' })
  })

  it('cancels every request that would leave this machine', () => {
    const cancelled = (url: string): boolean => {
      let cancel = false
      electron.recorded.beforeRequest?.({ url }, (reply) => (cancel = reply.cancel))
      return cancel
    }
    expect(['app://fitxa/x', 'blob:app://fitxa/1', 'https://example.org/', 'http://127.0.0.1:1/', 'ws://x/'].map(cancelled)).toEqual([
      false,
      false,
      true,
      true,
      true
    ])
  })

  it('answers its one channel to its own main frame only', async () => {
    expect([...electron.recorded.commands.keys()]).toEqual(['fitxa:shell'])
    const command = electron.recorded.commands.get('fitxa:shell')!
    const own = { senderFrame: { url: 'app://fitxa/', parent: null }, sender: {} }
    expect(await command(own, { kind: 'pickFolder' })).toBe('/picked')
    await expect(command({ ...own, senderFrame: { url: 'https://example.org/', parent: null } }, { kind: 'pickFolder' })).rejects.toThrow(
      'refused'
    )
    await expect(command(own, { kind: 'openExternal', path: '/x' })).rejects.toThrow('refused')
  })
})

describe('the core through the protocol handler', () => {
  it('serves the page, with a policy without exceptions', async () => {
    const response = await handle(new Request('app://fitxa/'))
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<div id="app">')
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe')
  })

  it('answers a method and passes on a refusal with its code', async () => {
    const info = await rpc('app/info', undefined)
    expect((await info.json()) as unknown).toMatchObject({ json: { shell: 'electron' } })
    const refused = await rpc('catalogue/open', { path: join(data, 'nowhere.fitxa') })
    expect(refused.ok).toBe(false)
    expect((await refused.json()) as unknown).toMatchObject({ json: { code: 'APP', data: { code: 'catalogue.notFound' } } })
  })

  it('streams events', async () => {
    const leaving = new AbortController()
    const response = await handle(new Request('app://fitxa/events', { signal: leaving.signal }))
    const reader = response.body!.getReader()
    let seen = ''
    while (!seen.includes('"type":"hello"')) {
      const { value, done } = await reader.read()
      if (done) break
      seen += new TextDecoder().decode(value)
    }
    expect(seen).toContain('"type":"hello"')
    leaving.abort()
    await reader.cancel().catch(() => undefined)
  })

  it('says not found for a picture that is in no catalogue', async () => {
    expect((await handle(new Request(`app://fitxa/media/${'0'.repeat(64)}/thumb`))).status).toBe(404)
  })
})

describe('the life of the core', () => {
  it('starts it again after a crash and ends it with the app', async () => {
    const [pid, ...others] = corePids()
    expect(others).toEqual([])
    process.kill(pid!, 'SIGKILL')
    await expect.poll(async () => (await rpc('app/info', undefined)).status, { timeout: 20_000 }).toBe(200)
    expect(corePids()).not.toEqual([pid])
    expect(corePids().length).toBe(1)

    electron.app.quit()
    expect(electron.app.quitDone).toBe(false)
    await expect.poll(() => electron.app.quitDone, { timeout: 15_000 }).toBe(true)
    expect(corePids()).toEqual([])
  }, 60_000)
})
