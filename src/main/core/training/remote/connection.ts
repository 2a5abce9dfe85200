import { once } from 'node:events'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import { oldestPython } from '../python.ts'
import { createAnswerReader, type Answer, type Greeting } from './answers.ts'
import type { Address } from './address.ts'
import { noClient, startClient, type SshClient } from './client.ts'
import { failureOf } from './failure.ts'
import { noPython, remoteCommand } from './program.ts'

/** How to reach the far end. */
export interface Machine {
  readonly address: Address
  readonly client: SshClient
  /** The Python that the person wants used there, null: the first one found that is new enough. */
  readonly python: string | null
  /** From `remoteProgram`. */
  readonly program: string
  /** The folder on the machine that Fitxa may use, such as `~/.fitxa`. */
  readonly folder: string
  /** Milliseconds of silence after which the connection counts as dead; the far end sends something every three seconds. */
  readonly silence: number
}

/** Options of a request: bytes to send, and a handler for data before the answer. */
export interface Exchange {
  /** Raw bytes that follow the request. */
  readonly body?: AsyncIterable<Buffer>
  readonly onProgress?: (progress: Readonly<Record<string, number>>) => void
  readonly onBytes?: (data: Buffer, answer: Answer) => Promise<void>
}

/** A connection to the far end. One request at a time. */
export interface Connection {
  readonly greeting: Greeting
  /** The folder on the machine, absolute. */
  readonly folder: string
  /** Bytes that went through the line, apart from what ssh adds. */
  readonly traffic: { readonly sent: number; readonly received: number }
  /** Resolves to the answer. AppError: what the far end refused (`remote.*`) or how the connection ended. */
  request<T>(what: string, data?: object, exchange?: Exchange): Promise<T>
  /** Ends the connection and its process. Never rejects. */
  close(): Promise<void>
}

/** Milliseconds between two signs of life that we give, and until the far end has to have greeted. */
const pulse = 10_000
const greetingTime = 45_000

/** Opens a connection; `signal` ends it at any time, and what it is at, with Cancelled. AppErrors of failure.ts. */
export async function connect(machine: Machine, signal: AbortSignal): Promise<Connection> {
  if (signal.aborted) throw new Cancelled()
  const { address } = machine
  const client = startClient(machine.client, address, remoteCommand)
  const traffic = { sent: 0, received: 0 }
  let failure: Error | null = null
  let answered = false
  let heard = Date.now()
  let writing = false
  let taking = false
  let pending: { resolve: (value: unknown) => void; reject: (error: Error) => void; exchange: Exchange } | null = null

  /** The first reason counts. */
  function fail(error: Error): void {
    failure ??= error
    pending?.reject(failure)
    pending = null
    client.kill()
  }

  let greet: (greeting: Greeting) => void = () => undefined
  const greeting = new Promise<Greeting>((resolve) => (greet = resolve))
  const reader = createAnswerReader({
    refusal: noPython,
    onRefusal: (line) => fail(noPythonError(machine, line)),
    onGreeting: greet,
    onAnswer(answer) {
      if (answer.progress !== undefined) pending?.exchange.onProgress?.(answer.progress)
      if (answer.done === undefined && answer.failed === undefined) return
      const { resolve, reject } = pending ?? {}
      pending = null
      if (answer.failed === undefined) resolve?.(answer.done)
      else reject?.(refusalOf(answer.failed, address.text))
    },
    onBytes: async (data, answer) => await pending?.exchange.onBytes?.(data, answer)
  })

  async function listen(): Promise<void> {
    for await (const data of client.stdout) {
      traffic.received += (data as Buffer).length
      taking = true
      await reader.take(data as Buffer)
      taking = false
      heard = Date.now()
    }
  }
  const listening = listen().catch((error: unknown) => fail(error as Error))
  const gone = client.ended.then(async (end) => {
    await listening
    fail(end.missing ? noClient(machine.client.program) : failureOf({ ...end, answered }, address))
  })

  const abort = (): void => fail(new Cancelled())
  signal.addEventListener('abort', abort, { once: true })
  const limit = setTimeout(() => fail(new AppError('remote.silent', { host: address.text })), greetingTime)
  const watch = setInterval(() => {
    // While we write to the disk nothing is read, and so nothing heard.
    if (answered && !taking && Date.now() - heard > machine.silence) fail(new AppError('remote.lost', { host: address.text, detail: '' }))
  }, 500)
  const beat = setInterval(() => {
    if (answered && !writing) write('\n')
  }, pulse)
  void gone.then(() => {
    signal.removeEventListener('abort', abort)
    clearTimeout(limit)
    clearInterval(watch)
    clearInterval(beat)
  })

  function write(data: string | Buffer): boolean {
    traffic.sent += Buffer.byteLength(data)
    return client.stdin.write(data)
  }

  async function writeBody(body: AsyncIterable<Buffer>): Promise<void> {
    writing = true
    try {
      for await (const data of body) {
        if (failure !== null || pending === null) return
        if (!write(data)) await Promise.race([once(client.stdin, 'drain').catch(() => undefined), gone])
      }
    } catch (error) {
      // The far end waits for bytes that will not come; only a new connection helps.
      fail(error as Error)
    } finally {
      writing = false
    }
  }

  async function request<T>(what: string, data: object = {}, exchange: Exchange = {}): Promise<T> {
    if (failure !== null) throw failure
    if (pending !== null) throw new Error('the connection is busy')
    const answer = new Promise<unknown>((resolve, reject) => (pending = { resolve, reject, exchange }))
    write(`${JSON.stringify({ do: what, ...data })}\n`)
    if (exchange.body !== undefined) void writeBody(exchange.body)
    return (await answer) as T
  }

  async function close(): Promise<void> {
    client.stdin.end()
    const slow = setTimeout(() => client.kill(), 1000)
    await gone
    clearTimeout(slow)
  }

  write(machine.program)
  const first = await Promise.race([greeting, gone])
  if (first === undefined) throw failure ?? new Cancelled()
  answered = true
  clearTimeout(limit)
  try {
    const { folder } = await request<{ folder: string }>('open', { folder: machine.folder })
    return { greeting: first, folder, traffic, request, close }
  } catch (error) {
    await close()
    throw error
  }
}

function noPythonError({ address, python }: Machine, line: string): AppError {
  const data = { host: address.text, oldest: oldestPython.join('.'), found: /Python (\S+)/.exec(line)?.[1] ?? '—' }
  return python === null ? new AppError('remote.python', data) : new AppError('remote.pythonChosen', { ...data, python })
}

/** The far end's codes are ours without the area. */
function refusalOf({ code, ...data }: NonNullable<Answer['failed']>, host: string): AppError {
  return AppError.told({ code: `remote.${code}`, data: { host, ...data } })
}
