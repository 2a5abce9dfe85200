import type { IncomingMessage } from 'node:http'
import { AppError, Cancelled } from '../../../shared/errors.ts'

/** Largest request body, in bytes: 200,000 object ids fit easily. */
export const bodyLimit = 4 * 1024 * 1024

/**
 * Reads the body of a request as JSON.
 * @throws AppError `request.type`, `request.tooLarge` or `request.notJson`; Cancelled if the sender disconnects midway.
 */
export async function readJson(request: IncomingMessage, limit = bodyLimit): Promise<unknown> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new AppError('request.type', { type: type.slice(0, 100) })
  const tooLarge = (): AppError => new AppError('request.tooLarge', { megabytes: Math.round(limit / 1048576) })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    // The connection stays open when reading ends early: the answer that says why still has to go out over it.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limit) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new Cancelled()
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (error) {
    throw new AppError('request.notJson', {}, error)
  }
}
