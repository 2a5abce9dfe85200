import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assetSegments, resolveAsset } from '../../src/main/assets.ts'
import { contentSecurityPolicy } from '../../src/main/page-policy.ts'
import { requestText, sendRaw, startTestShell, stateOf, type SignedIn, type TestShell } from './fixtures.ts'

let test: TestShell
let me: SignedIn
const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${test.shell.port}${path}`, { ...init, headers: { Cookie: me.cookie, 'Fitxa-Session': me.callKey } })

beforeAll(async () => {
  test = await startTestShell()
  me = await test.signIn()
})

afterAll(async () => {
  expect(test.unexpected).toEqual([])
  await test.close()
})

describe('the content security policy', () => {
  it('allows our own and nothing else', () => {
    expect(contentSecurityPolicy('N').split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'nonce-N'",
      "img-src 'self' blob: data:",
      "font-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'"
    ])
    expect(contentSecurityPolicy('N') + contentSecurityPolicy(null)).not.toMatch(/unsafe|http|\*/)
  })

  it('goes out with the page, with the nonce that the page holds, new each time', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const reply = await get('/')
        const nonce = /content="([^"]+)"/.exec(await reply.text())?.[1] ?? ''
        expect(reply.headers.get('content-security-policy')).toBe(contentSecurityPolicy(nonce))
        expect(reply.headers.get('cache-control')).toBe('no-store')
        return nonce
      })
    )
    expect(Buffer.from(nonces[0] ?? '', 'base64')).toHaveLength(16)
    expect(nonces[0]).not.toBe(nonces[1])
  })

  it.each(['/', '/assets/app.js', '/nowhere', `/media/${'0'.repeat(64)}/thumb`, `/media/${'1'.repeat(64)}/thumb`, '/rpc/app/info'])(
    'and the other protections go out with %s',
    async (path) => {
      const { headers } = await get(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('permissions-policy')).toContain('camera=()')
    }
  )
})

describe('files of the page', () => {
  const outside = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2E%2E%2Fsecret.txt',
    '/..%2fsecret.txt',
    '/%252e%252e/secret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    '/%2fetc/passwd',
    '/C:/Windows/win.ini',
    '/C:%5CWindows%5Cwin.ini',
    '/assets/app.js%00.html',
    '/index.html%00',
    '/assets/app.js::$DATA',
    '/.',
    '/./index.html',
    '/assets',
    '/assets/',
    '/.hidden',
    '/index.html.',
    '/%',
    '/%ff'
  ]

  it.each(outside)('%s is not served', async (path) => {
    const host = `127.0.0.1:${test.shell.port}`
    const reply = await sendRaw(test.shell.port, requestText('GET', path, { Host: host, Cookie: me.cookie, 'Fitxa-Session': me.callKey }))
    expect([400, 404]).toContain(stateOf(reply))
    expect(reply).not.toContain('kept to itself')
    expect(await resolveAsset(join(test.root, 'renderer'), path)).toBeNull()
  })

  it('are those below the folder, with their types', async () => {
    expect((await get('/assets/app.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect((await get('/')).headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(assetSegments('/assets/a%20b.js')).toEqual(['assets', 'a b.js'])
  })

  it('are not reached through links that lead out', async () => {
    await symlink(join(test.root, 'secret.txt'), join(test.root, 'renderer', 'assets', 'link.txt'))
    await symlink(test.root, join(test.root, 'renderer', 'assets', 'folder'))
    expect((await get('/assets/link.txt')).status).toBe(404)
    expect((await get('/assets/folder/secret.txt')).status).toBe(404)
  })

  it('do not include a neighbour whose name begins alike', async () => {
    await mkdir(join(test.root, 'renderer-private'))
    await writeFile(join(test.root, 'renderer-private', 'a.txt'), 'secret')
    await symlink(join(test.root, 'renderer-private', 'a.txt'), join(test.root, 'renderer', 'assets', 'a.txt'))
    expect((await get('/assets/a.txt')).status).toBe(404)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('take no %s', async (method) => {
    expect((await get('/', { method })).status).toBe(405)
  })

  it('answer HEAD without a body', async () => {
    const reply = await get('/assets/app.js', { method: 'HEAD' })
    expect([reply.status, reply.headers.get('content-length'), await reply.text()]).toEqual([200, '9', ''])
  })
})
