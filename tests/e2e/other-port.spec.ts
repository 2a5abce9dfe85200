import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './app.ts'
import { ca, openSample } from './steps.ts'

test.skip(process.env['FITXA_ELECTRON'] !== undefined, 'the desktop shell opens no port')

/** A server of somebody else on this machine, which notes the cookies that browsers send it. */
async function otherServer(): Promise<{ server: Server; address: string; cookies: string[] }> {
  const cookies: string[] = []
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? '')
    response.end('<!doctype html><title>Other</title>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, cookies }
}

test('a server on another port gets the cookie of the session and can do nothing with it', async ({ app }) => {
  await openSample(app)
  const own = new URL(app.page.url())
  expect(own.search).toBe('')
  const picture = await app.page.locator('img[src*="/media/"]').first().getAttribute('src')
  const other = await otherServer()
  try {
    const tab = await app.page.context().newPage()
    await tab.goto(other.address)
    const stolen = other.cookies.find((cookie) => cookie.includes(`fitxa-${own.port}=`))
    // This is why the cookie alone must not be enough. If browsers separate cookies by port one day, this test is obsolete.
    expect(stolen).toBeDefined()
    expect(await tab.evaluate(() => localStorage.length)).toBe(0)
    await tab.close()

    const ask = async (path: string, method = 'GET'): Promise<number> => {
      const headers = { Cookie: stolen ?? '', 'Content-Type': 'application/json' }
      const reply = await fetch(own.origin + path, { method, headers, body: method === 'POST' ? '{}' : null })
      await reply.body?.cancel()
      return reply.status
    }
    expect(await ask('/rpc/catalogue/current', 'POST')).toBe(403)
    expect(await ask('/events')).toBe(403)
    expect(await ask(picture?.split('?')[0] ?? '')).toBe(403)
    const page = await (await fetch(own.origin, { headers: { Cookie: stolen ?? '' } })).text()
    expect(page).toContain('<meta name="session-keys" content="" />')
  } finally {
    other.server.close()
  }
})

test('the window lives through a reload and a second tab, without its token in the address', async ({ app }) => {
  await openSample(app)
  await app.page.reload()
  await expect(app.page.locator('img[src*="/media/"]').first()).toBeVisible()
  const second = await app.page.context().newPage()
  await second.goto(new URL(app.page.url()).origin)
  await expect(second.getByRole('button', { name: ca('home.trySample') })).toBeVisible()
  await expect(second.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0)
  await second.close()
})
