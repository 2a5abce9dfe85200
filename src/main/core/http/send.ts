import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

/** What is sent as a whole: bytes in memory, or a file by its path. */
export type Content = { readonly bytes: Uint8Array } | { readonly file: string }

/** Sends bytes or a file with their length; to a HEAD request the headers alone. */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  headers: OutgoingHttpHeaders
): Promise<void> {
  const length = 'bytes' in content ? content.bytes.byteLength : (await stat(content.file)).size
  response.writeHead(200, { ...headers, 'Content-Length': length })
  if (request.method === 'HEAD') response.end()
  else if ('bytes' in content) response.end(content.bytes)
  else await pipeline(createReadStream(content.file, { end: Math.max(0, length - 1) }), response)
}
