import { symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyLimit } from '../../src/main/core/http/body.ts'
import { requestText, sendRaw, startTestShell, stateOf, type SignedIn, type TestShell } from './fixtures.ts'

let test: TestShell
let me: SignedIn
let host: string

beforeAll(async () => {
  test = await startTestShell({ headers: 300, request: 500 })
  me = await test.signIn()
  host = `127.0.0.1:${test.shell.port}`
})

afterAll(async () => {
  expect(test.unexpected).toEqual([])
  await test.close()
})

const raw = (method: string, path: string, headers: Record<string, string>, body = ''): Promise<string> =>
  sendRaw(
    test.shell.port,
    requestText(method, `${path}?key=${me.addressKey}`, { Host: host, Cookie: me.cookie, 'Fitxa-Session': me.callKey, ...headers }, body)
  )

const post = (headers: Record<string, string>, body: string): Promise<string> =>
  raw('POST', '/rpc/app/info', { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers }, body)

describe('methods', () => {
  it.each([
    ['GET', '/rpc/app/info'],
    ['PUT', '/rpc/app/info'],
    ['POST', '/events'],
    ['POST', `/media/${'0'.repeat(64)}/thumb`],
    ['DELETE', '/download/a.csv'],
    ['TRACE', '/']
  ])('%s %s is refused', async (method, path) => {
    const before = test.called.length
    expect(stateOf(await raw(method, path, {}))).toBe(405)
    expect(test.called.length).toBe(before)
  })

  it('an upgrade gets no tunnel', async () => {
    expect(stateOf(await raw('GET', '/events/x', { Connection: 'Upgrade, close', Upgrade: 'websocket' }))).toBe(404)
  })
})

describe('bodies', () => {
  it('are JSON', async () => {
    expect(stateOf(await post({}, '{}'))).toBe(200)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', '']) {
      expect(stateOf(await post({ 'Content-Type': type }, '{}')), type).toBe(415)
    }
    expect(stateOf(await post({}, '{'))).toBe(400)
    expect(stateOf(await post({}, ''))).toBe(400)
  })

  it('say how long they are and are refused at once when that is too long', async () => {
    const reply = await post({ 'Content-Length': String(bodyLimit + 1) }, '{')
    expect(stateOf(reply)).toBe(413)
    expect(reply).toContain('"code":"request.tooLarge"')
  })

  it('are not read beyond the limit where they do not say it', async () => {
    const chunk = 'a'.repeat(1024 * 1024)
    const chunks = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(bodyLimit / chunk.length + 1)
    const head = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }
    const before = test.called.length
    expect(stateOf(await raw('POST', '/rpc/app/info', head, chunks))).toBe(413)
    expect(test.called.length).toBe(before)
  })

  it('that trickle in are cut off', async () => {
    const reply = await post({ 'Content-Length': '100' }, '{')
    expect(stateOf(reply)).toBe(408)
  })

  it('that end early leave nothing behind', async () => {
    const before = test.called.length
    await new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: test.shell.port }, () => {
        socket.write(
          requestText(
            'POST',
            '/rpc/app/info',
            { Host: host, Cookie: me.cookie, 'Fitxa-Session': me.callKey, 'Content-Type': 'application/json', 'Content-Length': '9' },
            '{'
          )
        )
        setTimeout(() => socket.destroy(), 50)
      })
      socket.on('close', () => setTimeout(resolve, 50))
    })
    expect(test.called.length).toBe(before)
  })
})

describe('heads', () => {
  it('that trickle in are cut off', async () => {
    expect(stateOf(await sendRaw(test.shell.port, 'GET / HTTP/1.1\r\nHost: '))).toBe(408)
  })

  it('that are too large are refused', async () => {
    expect(stateOf(await raw('GET', '/', { 'X-Long': 'a'.repeat(20_000) }))).toBe(431)
  })
})

describe('pictures', () => {
  it('are named by their content only', async () => {
    expect(stateOf(await raw('GET', `/media/${'0'.repeat(64)}/thumb`, {}))).toBe(200)
    const names = ['1'.repeat(64), '0'.repeat(63), 'G'.repeat(64), '..', '%2e%2e']
    for (const name of names) expect(stateOf(await raw('GET', `/media/${name}/thumb`, {})), name).toBe(404)
    expect(stateOf(await raw('GET', `/media/${'0'.repeat(64)}/../../secret.txt`, {}))).toBe(404)
    expect(stateOf(await raw('GET', `/media/${'0'.repeat(64)}/huge`, {}))).toBe(404)
  })
})

describe('downloads', () => {
  it('are files of the exports folder, saved under their name', async () => {
    const reply = await raw('GET', `/download/${encodeURIComponent('fitxes d’art.csv')}`, {})
    expect(stateOf(reply)).toBe(200)
    expect(reply).toContain(`Content-Disposition: attachment; filename="fitxes d_art.csv"; filename*=UTF-8''fitxes%20d%E2%80%99art.csv`)
    expect(reply).toMatch(/a;b\n$/)
  })

  it.each(['..%2fsecret.txt', '../secret.txt', '%2e%2e', '..', '.', '', 'a%00', '%5c..%5csecret.txt', 'C:%5csecret.txt', 'none.csv', '%'])(
    '%s is not one of them',
    async (name) => {
      expect(stateOf(await raw('GET', `/download/${name}`, {}))).toBe(404)
    }
  )

  it('are not reached through links that lead out', async () => {
    await symlink(join(test.root, 'secret.txt'), join(test.root, 'exports', 'link.txt'))
    expect(stateOf(await raw('GET', '/download/link.txt', {}))).toBe(404)
  })
})
