import { afterEach, describe, expect, it } from 'vitest'
import { createOneTimeTokens, createSession, sameSecret } from '../../src/main/browser/access.ts'
import { startTestShell, type TestShell } from './fixtures.ts'

let test: TestShell | undefined

afterEach(async () => {
  await test?.close()
  test = undefined
})

const start = async (...args: Parameters<typeof startTestShell>): Promise<TestShell> => (test = await startTestShell(...args))

describe('the one-time token', () => {
  it('opens the page with a cookie that scripts cannot read and other sites never send', async () => {
    const { shell } = await start()
    const reply = await fetch(shell.newAddress())
    expect(reply.status).toBe(200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    const cookie = reply.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(new RegExp(`^fitxa-${shell.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`))
  })

  it('is valid once', async () => {
    const { shell } = await start()
    const address = shell.newAddress()
    expect((await fetch(address)).status).toBe(200)
    const replayed = await fetch(address)
    expect(replayed.status).toBe(403)
    expect(replayed.headers.get('set-cookie')).toBeNull()
    expect(await replayed.text()).toContain('ha caducat')
  })

  it('is valid for a short time', async () => {
    const { shell } = await start({ token: 30 })
    const address = shell.newAddress()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect((await fetch(address)).status).toBe(403)
  })

  it('is not guessed', async () => {
    const { shell } = await start()
    const address = shell.newAddress()
    for (const wrong of ['', 'x', address.slice(-43, -1), `${address.slice(-43)}x`]) {
      expect((await fetch(`http://127.0.0.1:${shell.port}/?token=${wrong}`)).status).toBe(403)
    }
  })

  it('opens nothing but the page itself', async () => {
    const { shell } = await start()
    const token = shell.newAddress().split('token=')[1] ?? ''
    expect((await fetch(`http://127.0.0.1:${shell.port}/events?token=${token}`)).status).toBe(403)
    expect((await fetch(`http://127.0.0.1:${shell.port}/?token=${token}`, { method: 'POST' })).status).toBe(403)
  })

  it('is forgotten after it expires', () => {
    let now = 0
    const tokens = createOneTimeTokens(1000, () => now)
    const early = tokens.issue()
    now = 999
    const late = tokens.issue()
    now = 1000
    expect([tokens.redeem(early), tokens.redeem(late), tokens.redeem(late)]).toEqual([false, true, false])
  })
})

describe('the session', () => {
  it('is needed for everything', async () => {
    const { shell, called } = await start()
    const base = `http://127.0.0.1:${shell.port}`
    for (const path of ['/', '/assets/app.js', '/events', `/media/${'0'.repeat(64)}/thumb`, '/download/a.csv', '/nowhere']) {
      expect((await fetch(base + path)).status, path).toBe(403)
    }
    const post = await fetch(`${base}/rpc/app/info`, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })
    expect(post.status).toBe(403)
    expect(called).toEqual([])
  })

  it('is explained in both languages, with the remedy, if it is missing', async () => {
    const { shell } = await start()
    const reply = await fetch(`http://127.0.0.1:${shell.port}/`)
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const text = await reply.text()
    expect(text).toContain('<p lang="ca">Aquesta finestra no té permís')
    expect(text).toContain('<p lang="en">This window has no permission')
  })

  it('does not take a cookie of another start or another port', async () => {
    const { shell, signIn } = await start()
    const { cookie: good } = await signIn()
    const ask = async (cookie: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${shell.port}/`, { headers: { Cookie: cookie } })).status
    expect(await ask(good)).toBe(200)
    expect(await ask(`other=1; ${good}`)).toBe(200)
    expect(await ask(good.replace('fitxa-', 'fitxa-1'))).toBe(403)
    expect(await ask(createSession(shell.port).cookie.split(';')[0] ?? '')).toBe(403)
    expect(await ask(`${good}x`)).toBe(403)
    expect(await ask(`fitxa-${shell.port}=`)).toBe(403)
  })

  it('is not open to the cookie alone, which every server of this machine is sent', async () => {
    const { shell, signIn, called } = await start()
    const { cookie, callKey, addressKey } = await signIn()
    const base = `http://127.0.0.1:${shell.port}`
    const state = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> => {
      const body = method === 'POST' ? '{}' : null
      const reply = await fetch(base + path, { method, body, headers: { Cookie: cookie, 'Content-Type': 'application/json', ...headers } })
      await reply.body?.cancel()
      return reply.status
    }
    const picture = `/media/${'0'.repeat(64)}/thumb`
    const file = `/download/${encodeURIComponent('fitxes d’art.csv')}`
    const own = { 'Fitxa-Session': callKey }
    expect([await state('/rpc/app/info', own, 'POST'), await state('/events', own)]).toEqual([200, 200])
    expect([await state(`${picture}?key=${addressKey}`), await state(`${file}?key=${addressKey}`)]).toEqual([200, 200])
    const before = called.length
    expect([await state('/rpc/app/info', {}, 'POST'), await state('/events')]).toEqual([403, 403])
    for (const key of ['', addressKey, `${callKey}x`]) {
      const headers = { 'Fitxa-Session': key }
      expect(await state('/rpc/app/info', headers, 'POST')).toBe(403)
      expect(await state(`/rpc/app/info?key=${callKey}`, headers, 'POST')).toBe(403)
      expect(await state('/events', headers)).toBe(403)
      expect(await state(`/events?key=${addressKey}`, headers)).toBe(403)
    }
    for (const query of ['', '?key=', `?key=${callKey}`, `?key=${addressKey}x`]) {
      expect(await state(picture + query, own)).toBe(403)
      expect(await state(file + query, own)).toBe(403)
    }
    expect(called.length).toBe(before)
  })

  it('never gives its keys to a client with the cookie only', async () => {
    const { shell, signIn } = await start()
    const { cookie, callKey, addressKey } = await signIn()
    for (const path of ['/', '/index.html', '/assets/app.js', '/?token=', '/nowhere']) {
      const reply = await fetch(`http://127.0.0.1:${shell.port}${path}`, { headers: { Cookie: cookie } })
      const text = `${JSON.stringify([...reply.headers])} ${await reply.text()}`
      expect(text).not.toContain(callKey)
      expect(text).not.toContain(addressKey)
    }
  })

  it('compares secrets of different lengths without failing', () => {
    expect([sameSecret('a', 'a'), sameSecret('a', 'ab'), sameSecret('', 'a')]).toEqual([true, false, false])
  })
})
