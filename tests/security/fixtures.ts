import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startBrowserShell, type BrowserShell, type ShellParts } from '../../src/main/browser/shell.ts'
import { createEventHub } from '../../src/main/core/events.ts'
import { createEventStreams } from '../../src/main/core/http/event-stream.ts'
import { createHttpHandler, type ServedImage } from '../../src/main/core/http/handler.ts'
import { AppError, Cancelled } from '../../src/shared/errors.ts'

/** What a browser has of its session: the cookie, and in the page's storage the keys of calls and of addresses. */
export interface SignedIn {
  readonly cookie: string
  readonly callKey: string
  readonly addressKey: string
}

export interface TestShell {
  readonly shell: BrowserShell
  readonly root: string
  readonly unexpected: unknown[]
  /** Methods that got through to the core. */
  readonly called: string[]
  /** A session, got as a browser and the page in it get it. */
  signIn(): Promise<SignedIn>
  close(): Promise<void>
}

/** The real browser shell and the core's real HTTP handler, over methods that only note that they were reached. */
export async function startTestShell(limits?: ShellParts['limits']): Promise<TestShell> {
  const root = await mkdtemp(join(tmpdir(), 'fitxa-security-'))
  const renderer = join(root, 'renderer')
  await mkdir(join(renderer, 'assets'), { recursive: true })
  await mkdir(join(root, 'exports'))
  await writeFile(
    join(renderer, 'index.html'),
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><meta name="session-keys" content="__SESSION_KEYS__"><title>page</title>'
  )
  await writeFile(join(renderer, 'assets', 'app.js'), 'export {}')
  await writeFile(join(root, 'secret.txt'), 'kept to itself')
  await writeFile(join(root, 'exports', 'fitxes d’art.csv'), 'a;b\n')
  const unexpected: unknown[] = []
  const called: string[] = []
  const explain = (error: unknown): AppError | Cancelled => {
    if (error instanceof AppError || error instanceof Cancelled) return error
    unexpected.push(error)
    return new AppError('bug', { trace: 'test' })
  }
  const streams = createEventStreams(
    createEventHub((error) => unexpected.push(error)),
    'core'
  )
  const rpc = (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    called.push(request.url ?? '')
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"json":{}}')
    return Promise.resolve(true)
  }
  const media = (sha256: string): Promise<ServedImage | null> =>
    Promise.resolve(sha256.startsWith('0') ? { bytes: Buffer.from('jpeg'), type: 'image/jpeg', lasting: true } : null)
  const handle = createHttpHandler({ rpc, streams, media, exportsFolder: () => join(root, 'exports'), explain })
  const shell = await startBrowserShell({ core: { handle, explain }, rendererFolder: renderer, port: 0, limits })
  return {
    shell,
    root,
    unexpected,
    called,
    async signIn() {
      const reply = await fetch(shell.newAddress())
      const [cookie = ''] = (reply.headers.get('set-cookie') ?? '').split(';')
      const [, callKey = '', addressKey = ''] = /name="session-keys" content="([\w-]+)\.([\w-]+)"/.exec(await reply.text()) ?? []
      return { cookie, callKey, addressKey }
    },
    async close() {
      streams.close()
      await shell.close()
      await rm(root, { recursive: true })
    }
  }
}

/**
 * Sends bytes as they are and gives back all that arrives until the other side closes: `fetch` would tidy up what these
 * tests are about (paths with `..`, a foreign Host, half a request).
 */
export function sendRaw(port: number, text: string, timeout = 5000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let received = ''
    const timer = setTimeout(() => socket.destroy(new Error(`no end of the reply after ${timeout} ms: ${received.slice(0, 200)}`)), timeout)
    socket.setEncoding('utf8')
    socket.on('data', (data: string) => (received += data))
    socket.on('error', (error) => (received === '' ? reject(error) : undefined))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
    socket.write(text)
  })
}

/** A request as text, closed by its own wish. */
export function requestText(method: string, path: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries({ Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n')
}

/** The state number of a raw reply. */
export function stateOf(reply: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1])
}
