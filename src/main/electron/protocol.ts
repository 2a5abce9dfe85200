import type { CustomScheme } from 'electron'
import { readAsset } from '../assets.ts'
import { pageHeaders } from '../page-policy.ts'
import { forwardToCore } from './forward.ts'
import { appScheme, routeOf } from './origin.ts'

/** Privileges of the app's own scheme: those of an ordinary secure site, and fetch with streams; never to bypass the policy. */
export const appSchemes: CustomScheme[] = [
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }
]

/** Inputs of the handler: the folder of the page's files, and the pipe of the running core (which waits for a restart). */
export interface ProtocolContext {
  readonly rendererFolder: string
  pipe(): Promise<string>
}

const plain = (status: number, text: string): Response =>
  new Response(text, { status, headers: { ...pageHeaders(null), 'Content-Type': 'text/plain; charset=utf-8' } })

async function page(request: Request, rendererFolder: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Method not allowed')
  const asset = await readAsset(rendererFolder, new URL(request.url).pathname)
  if (asset === null) return plain(404, 'Not found')
  const headers = {
    ...pageHeaders(asset.nonce),
    'Content-Type': asset.type,
    'Content-Length': String(asset.bytes.byteLength),
    'Cache-Control': asset.cacheControl
  }
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(asset.bytes), { headers })
}

/** The handler of `app://fitxa/…`: `/rpc`, `/events`, `/media` and `/download` go to the core, the rest are files of the page. */
export function protocolHandler(context: ProtocolContext): (request: Request) => Promise<Response> {
  return async (request) => {
    const route = routeOf(request.url)
    if (route === 'refused') return plain(403, 'Forbidden')
    if (route === 'page') return page(request, context.rendererFolder)
    try {
      return await forwardToCore(request, await context.pipe())
    } catch {
      // The core is restarting: the page reports it and retries.
      return plain(503, 'The core is not running')
    }
  }
}
