import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestText, sendRaw, startTestShell, stateOf, type SignedIn, type TestShell } from './fixtures.ts'

let test: TestShell
let me: SignedIn
let host: string

beforeAll(async () => {
  test = await startTestShell()
  me = await test.signIn()
  host = `127.0.0.1:${test.shell.port}`
})

afterAll(async () => {
  expect(test.unexpected).toEqual([])
  await test.close()
})

const ask = async (method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> =>
  stateOf(
    await sendRaw(
      test.shell.port,
      requestText(method, path, { Host: host, Cookie: me.cookie, 'Fitxa-Session': me.callKey, ...headers }, body)
    )
  )

describe('the address', () => {
  it('answers on 127.0.0.1', async () => {
    expect(await ask('GET', '/', {})).toBe(200)
  })

  const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])
  const strangers = ['127.0.0.2', '::1', ...others.filter((address) => address !== '127.0.0.1' && address !== '::1')]

  it.each(strangers)('refuses connections to %s', async (address) => {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect({ host: address, port: test.shell.port, timeout: 2000 })
      socket.on('connect', () => resolve('connected'))
      socket.on('timeout', () => resolve('timeout'))
      socket.on('error', () => resolve('refused'))
    })
    expect(outcome).not.toBe('connected')
  })
})

describe('the Host header', () => {
  it('may be localhost', async () => {
    expect(await ask('GET', '/', { Host: `localhost:${test.shell.port}` })).toBe(200)
  })

  it.each(['museum.example', 'museum.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost', '127.0.0.1.museum.example', '0.0.0.0', '[::1]'])(
    'is refused as %s',
    async (value) => {
      expect(await ask('GET', '/', { Host: value })).toBe(403)
    }
  )

  it('must be there', async () => {
    expect(stateOf(await sendRaw(test.shell.port, `GET / HTTP/1.1\r\nConnection: close\r\nCookie: ${me.cookie}\r\n\r\n`))).toBe(400)
    expect(stateOf(await sendRaw(test.shell.port, `GET / HTTP/1.0\r\nCookie: ${me.cookie}\r\n\r\n`))).toBe(403)
  })
})

describe('the Origin header', () => {
  const post = (headers: Record<string, string>): Promise<number> =>
    ask('POST', '/rpc/app/info', { 'Content-Type': 'application/json', 'Content-Length': '2', ...headers }, '{}')

  it('may be our own or absent', async () => {
    expect(await post({ Origin: `http://${host}` })).toBe(200)
    expect(await post({})).toBe(200)
  })

  it.each(['null', 'http://museum.example', 'https://127.0.0.1', 'http://127.0.0.1:1', 'http://localhost:1'])(
    'is refused as %s',
    async (origin) => {
      const before = test.called.length
      expect(await post({ Origin: origin })).toBe(403)
      expect(test.called.length).toBe(before)
    }
  )

  it('must be that of the Host, not merely one of ours', async () => {
    expect(await post({ Origin: `http://localhost:${test.shell.port}` })).toBe(403)
  })
})

describe('Sec-Fetch-Site', () => {
  it.each([
    ['same-origin', 200],
    ['none', 200],
    ['same-site', 403],
    ['cross-site', 403]
  ])('%s answers %i', async (value, state) => {
    expect(await ask('GET', '/assets/app.js', { 'Sec-Fetch-Site': value })).toBe(state)
  })
})

describe('other origins', () => {
  it('get no CORS headers, not even on a preflight', async () => {
    const reply = await sendRaw(
      test.shell.port,
      requestText('OPTIONS', '/rpc/app/info', {
        Host: host,
        Cookie: me.cookie,
        'Fitxa-Session': me.callKey,
        Origin: `http://${host}`,
        'Access-Control-Request-Method': 'POST'
      })
    )
    expect(stateOf(reply)).toBe(405)
    expect(reply.toLowerCase()).not.toContain('access-control-allow')
  })
})
