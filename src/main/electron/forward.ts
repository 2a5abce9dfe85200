import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/** Hop-by-hop headers, which must not be forwarded (RFC 9110, 7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host'])

function headersFor(incoming: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming)) {
    if (value !== undefined && !hopByHop.has(name)) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

/**
 * Forwards a request of the page to the core over its pipe and streams the response back. If the page closes an event stream or
 * abandons a picture, the request to the core is closed too. Rejects if the core cannot be reached.
 */
export function forwardToCore(request: Request, pipe: string): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !hopByHop.has(name)))
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { socketPath: pipe, method: request.method, path: pathname + search, headers: { ...headers, host: 'localhost' } },
      (incoming) => {
        const status = incoming.statusCode ?? 502
        const empty = status === 204 || status === 304 || request.method === 'HEAD'
        if (empty) incoming.resume()
        const body = empty ? null : (Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>)
        resolve(new Response(body, { status, headers: headersFor(incoming.headers) }))
      }
    )
    outgoing.on('error', reject)
    request.signal.addEventListener('abort', () => outgoing.destroy(), { once: true })
    if (request.body === null) outgoing.end()
    else
      Readable.fromWeb(request.body as unknown as NodeReadableStream<Uint8Array>)
        .on('error', reject)
        .pipe(outgoing)
  })
}
