import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { readJson } from './body.ts'
import { attachment, findDownload } from './downloads.ts'
import type { EventStreams } from './event-stream.ts'
import { sendFailure } from './failure.ts'
import { sendContent, type Content } from './send.ts'

export type ImageSize = 'thumb' | 'screen' | 'full'

/** A picture to send; `lasting`: its address never shows anything else, so it may be cached forever. */
export type ServedImage = Content & { readonly type: string; readonly lasting: boolean }

/** The parts of the core's HTTP interface. */
export interface HttpParts {
  /** Answers POST /rpc/<area>/<method>, its body already read; false if the contract has no such method. */
  rpc(request: IncomingMessage & { body: unknown }, response: ServerResponse): Promise<boolean>
  readonly streams: EventStreams
  /** A picture of the open catalogue; null if it has none of this name. */
  media(sha256: string, size: ImageSize): Promise<ServedImage | null>
  /** The folder of the open catalogue that GET /download serves; null while none is open. */
  exportsFolder(): string | null
  /** Turns anything thrown into an error for the reader; unexpected errors are logged with a trace. */
  explain(error: unknown, what: string): AppError | Cancelled
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Creates the handler of every address of the core. Its promise never rejects, and a reply always arrives. */
export function createHttpHandler(parts: HttpParts): HttpHandler {
  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    response.setHeader('X-Content-Type-Options', 'nosniff')
    try {
      await answer(parts, request, response, path)
    } catch (thrown) {
      const gone = response.destroyed || request.errored !== null
      const error = gone ? new Cancelled() : parts.explain(thrown, `${request.method ?? ''} ${path}`)
      if (error instanceof Cancelled) response.destroy()
      else sendFailure(response, error)
    }
  }
}

async function answer(parts: HttpParts, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const [, area = '', ...rest] = path.split('/')
  switch (area) {
    case 'rpc':
      allow(request, 'POST')
      return await callMethod(parts, request, response, path)
    case 'events':
      allow(request, 'GET')
      if (rest.length > 0) break
      return parts.streams.open(request, response)
    case 'media':
      allow(request, 'GET', 'HEAD')
      return await sendImage(parts, request, response, rest)
    case 'download':
      allow(request, 'GET', 'HEAD')
      return await sendDownload(parts, request, response, rest)
  }
  throw new AppError('request.notFound', { address: path.slice(0, 200) })
}

function allow(request: IncomingMessage, ...methods: string[]): void {
  const method = request.method ?? ''
  if (!methods.includes(method)) throw new AppError('request.method', { method, allowed: methods.join(', ') })
}

async function callMethod(parts: HttpParts, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const body = await readJson(request)
  response.setHeader('Cache-Control', 'no-store')
  if (!(await parts.rpc(Object.assign(request, { body }), response)))
    throw new AppError('request.notFound', { address: path.slice(0, 200) })
}

async function sendImage(parts: HttpParts, request: IncomingMessage, response: ServerResponse, rest: string[]): Promise<void> {
  const [sha256 = '', size = ''] = rest
  const known = rest.length === 2 && /^[0-9a-f]{64}$/.test(sha256) && (size === 'thumb' || size === 'screen' || size === 'full')
  const image = known ? await parts.media(sha256, size) : null
  if (image === null) throw new AppError('media.notFound')
  // The address is a hash of the content, so a cached copy never expires, unless it replaces something missing.
  const cacheControl = image.lasting ? 'private, max-age=31536000, immutable' : 'no-store'
  await sendContent(request, response, image, { 'Content-Type': image.type, 'Cache-Control': cacheControl })
}

async function sendDownload(parts: HttpParts, request: IncomingMessage, response: ServerResponse, rest: string[]): Promise<void> {
  const folder = parts.exportsFolder()
  if (folder === null) throw new AppError('catalogue.notOpen')
  const found = rest.length === 1 ? await findDownload(folder, rest[0] ?? '') : null
  if (found === null) throw new AppError('export.fileNotFound', { name: (rest[0] ?? '').slice(0, 200) })
  await sendContent(
    request,
    response,
    { file: found.file },
    { 'Content-Type': 'application/octet-stream', 'Content-Disposition': attachment(found.name), 'Cache-Control': 'no-store' }
  )
}
