import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { protocolHandler } from './protocol.ts'

let folder = ''
let server: Server
let answer: (request: IncomingMessage, response: ServerResponse) => void
let handle: (request: Request) => Promise<Response>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-protocol-'))
  await mkdir(join(folder, 'page', 'assets'), { recursive: true })
  await writeFile(join(folder, 'page', 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">')
  await writeFile(join(folder, 'page', 'assets', 'index.js'), 'void 0')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await symlink(join(folder, 'secret.txt'), join(folder, 'page', 'assets', 'link.txt'))
  const pipe = join(folder, 'core.sock')
  server = createServer((request, response) => answer(request, response)).listen(pipe)
  await once(server, 'listening')
  handle = protocolHandler({ rendererFolder: join(folder, 'page'), pipe: () => Promise.resolve(pipe) })
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

describe('files of the page', () => {
  it('serves the page with a policy that names the nonce inside it', async () => {
    const response = await handle(new Request('app://fitxa/'))
    const nonce = /content="([^"]+)"/.exec(await response.text())?.[1] ?? ''
    expect(nonce).not.toBe('__CSP_NONCE__')
    expect(response.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe')
  })

  it('serves scripts with their length and type', async () => {
    const response = await handle(new Request('app://fitxa/assets/index.js'))
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-length')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      '6'
    ])
  })

  it.each([
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/link.txt',
    '/%252e%252e/secret.txt',
    '/C:%5Csecret.txt',
    '/assets/index.js%00.png'
  ])('serves only files below its folder: %s', async (path) => {
    const response = await handle(new Request(`app://fitxa${path}`))
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('secret')
  })

  it('refuses other hosts and other methods', async () => {
    expect((await handle(new Request('app://elsewhere/'))).status).toBe(403)
    expect((await handle(new Request('app://fitxa/', { method: 'POST', body: 'x' }))).status).toBe(405)
  })
})

describe('requests for the core', () => {
  it('forwards method, path, headers and body, and returns the response', async () => {
    answer = (request, response) => {
      void (async () => {
        let body = ''
        for await (const chunk of request) body += String(chunk)
        response.writeHead(201, { 'content-type': 'application/json', 'x-kept': 'yes' })
        response.end(JSON.stringify({ method: request.method, url: request.url, type: request.headers['content-type'], body }))
      })()
    }
    const request = new Request('app://fitxa/rpc/objects/ids?x=1', {
      method: 'POST',
      body: '{"a":"é"}',
      headers: { 'content-type': 'application/json' }
    })
    const response = await handle(request)
    expect([response.status, response.headers.get('x-kept'), response.headers.get('transfer-encoding')]).toEqual([201, 'yes', null])
    expect(await response.json()).toEqual({ method: 'POST', url: '/rpc/objects/ids?x=1', type: 'application/json', body: '{"a":"é"}' })
  })

  it('streams events as they come, and closes the stream in the core when the page leaves', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: one\n\n')
        response.on('close', resolve)
      }
    })
    const leaving = new AbortController()
    const response = await handle(new Request('app://fitxa/events', { signal: leaving.signal }))
    const reader = response.body!.getReader()
    const first = await reader.read()
    expect(new TextDecoder().decode(first.value)).toBe('data: one\n\n')
    // The stream ends with an error or without one; either is an end.
    const end = reader.read().catch(() => undefined)
    leaving.abort()
    await closed
    await end
  })

  it('answers 503 while the core cannot be reached', async () => {
    const gone = protocolHandler({ rendererFolder: folder, pipe: () => Promise.reject(new Error('gone')) })
    expect((await gone(new Request('app://fitxa/rpc/app/info', { method: 'POST' }))).status).toBe(503)
    const wrong = protocolHandler({ rendererFolder: folder, pipe: () => Promise.resolve(join(folder, 'none.sock')) })
    expect((await wrong(new Request('app://fitxa/events'))).status).toBe(503)
  })
})
