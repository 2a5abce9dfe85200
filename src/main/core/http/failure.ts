import type { ServerResponse } from 'node:http'
import type { AppError } from '../../../shared/errors.ts'

/** HTTP status of failures that are not those of a method itself; every other AppError is 422. */
const statuses: Record<string, number> = {
  bug: 500,
  'request.invalid': 400,
  'request.notJson': 400,
  'request.notFound': 404,
  'request.method': 405,
  'request.tooLarge': 413,
  'request.type': 415,
  'media.notFound': 404,
  'export.fileNotFound': 404,
  'catalogue.notOpen': 409
}

/** The HTTP status of an error. */
export function statusOf(error: AppError): number {
  return statuses[error.code] ?? 422
}

/** The error as the body of a reply to POST /rpc, in the form in which oRPC's client reads it back as the error APP. */
export function errorBody(error: AppError): string {
  const { code, data } = error
  return JSON.stringify({ json: { defined: true, code: 'APP', status: statusOf(error), message: code, data: { code, data } }, meta: [] })
}

/** Sends an error as the reply. If part of a reply has been sent, the connection is cut, so that it does not look complete. */
export function sendFailure(response: ServerResponse, error: AppError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // The rest of an oversized or unread request is not read.
  response.writeHead(statusOf(error), { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Connection: 'close' })
  response.end(errorBody(error))
}
