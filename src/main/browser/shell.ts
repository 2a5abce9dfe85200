import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError, type Cancelled, type ErrorData } from '../../shared/errors.ts'
import { readAsset } from '../assets.ts'
import { pageHeaders } from '../page-policy.ts'
import { createOneTimeTokens, createSession, refusalOf, sessionHeader, type OneTimeTokens, type Session } from './access.ts'
import { createConnections, type Connections } from './connections.ts'
import { noticePage } from './notice.ts'

/** What the shell serves: the core's own addresses, and the built page. */
export interface ShellParts {
  readonly core: {
    handle(request: IncomingMessage, response: ServerResponse): Promise<void>
    explain(error: unknown, what: string): AppError | Cancelled
  }
  readonly rendererFolder: string
  /** 0 lets the system choose a free port. */
  readonly port: number
  /** Times in milliseconds, and counts. Tests set lower values than the defaults. */
  readonly limits?: Partial<Limits>
}

interface Limits {
  /** How long an address with a one-time token is valid. */
  readonly token: number
  /** How long the head of a request, and a request as a whole, may take to arrive. */
  readonly headers: number
  readonly request: number
  /** How many connections may be open whose client has not shown the session's key. */
  readonly strangers: number
}

const defaultLimits: Limits = { token: 5 * 60_000, headers: 10_000, request: 30_000, strangers: 64 }

/** Addresses that the core answers itself. */
const coreAddress = /^\/(rpc|events|media|download)(\/|$)/

export interface BrowserShell {
  readonly port: number
  /** A new address that opens the page once, in one browser. */
  newAddress(): string
  close(): Promise<void>
}

/** Serves the page and the core to the browsers of this machine, and to nobody else. */
export async function startBrowserShell(parts: ShellParts): Promise<BrowserShell> {
  const limits = { ...defaultLimits, ...parts.limits }
  const tokens = createOneTimeTokens(limits.token)
  const connections = createConnections(limits.strangers)
  let session = createSession(0)
  const server = createServer(
    { headersTimeout: limits.headers, requestTimeout: limits.request, connectionsCheckingInterval: Math.min(2000, limits.headers) },
    (request, response) => {
      serve(parts, { port, session, tokens, connections }, request, response).catch((error: unknown) => {
        const told = parts.core.explain(error, 'page')
        if (told instanceof AppError && !response.headersSent) notice(response, 500, told.code, told.data)
        else response.destroy()
      })
    }
  )
  server.on('connection', (socket) => connections.add(socket))
  const port = await listen(server, parts.port)
  session = createSession(port)
  return {
    port,
    newAddress: () => `http://127.0.0.1:${port}/?token=${tokens.issue()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new AppError('serve.portInUse', { port }, error))
      else if (error.code === 'EACCES') reject(new AppError('serve.portDenied', { port }, error))
      else reject(error)
    })
    // SECURITY: only the loopback address; no other machine can connect.
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
  })
  return (server.address() as AddressInfo).port
}

interface Door {
  readonly port: number
  readonly session: Session
  readonly tokens: OneTimeTokens
  readonly connections: Connections
}

async function serve(parts: ShellParts, door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders(null))) response.setHeader(name, value)
  const { host, origin } = request.headers
  const fetchSite = request.headers['sec-fetch-site']
  const refusal = refusalOf({ host, origin, fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite }, door.port)
  if (refusal !== null) return notice(response, 403, refusal)
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const token = path === '/' && request.method === 'GET' ? new URLSearchParams(query).get('token') : null
  if (token !== null) {
    if (!door.tokens.redeem(token)) return notice(response, 403, 'access.token')
    response.setHeader('Set-Cookie', door.session.cookie)
    return await sendPage(parts.rendererFolder, path, door.session.keys, request, response)
  }
  if (!door.session.knows(request.headers.cookie)) return notice(response, 403, 'access.session')
  door.connections.promote(request.socket, 'visitor')
  if (!coreAddress.test(path)) return await sendPage(parts.rendererFolder, path, '', request, response)
  if (!door.session.opens(path, query, request.headers[sessionHeader])) return notice(response, 403, 'access.session')
  door.connections.promote(request.socket, 'owner')
  await parts.core.handle(request, response)
}

/** @param keys the session's keys for the page to keep; only the page that a one-time token opens is given them */
async function sendPage(folder: string, path: string, keys: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return notice(response, 405, 'request.method', { method: request.method ?? '', allowed: 'GET, HEAD' })
  }
  const asset = await readAsset(folder, path, keys)
  if (asset === null) return notice(response, path === '/' ? 503 : 404, path === '/' ? 'page.notBuilt' : 'page.notFound')
  const headers = { ...pageHeaders(asset.nonce), 'Content-Type': asset.type, 'Content-Length': asset.bytes.length }
  response.writeHead(200, { ...headers, 'Cache-Control': asset.cacheControl })
  response.end(request.method === 'HEAD' ? undefined : asset.bytes)
}

function notice(response: ServerResponse, status: number, code: string, data: ErrorData = {}): void {
  // Whatever a refused request still wants to send is not read.
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', Connection: 'close' })
  response.end(noticePage(code, data))
}
