import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { openEvents, type ConnectionState, type EventStream } from './events.ts'

const encoder = new TextEncoder()
const body = (...chunks: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk))
      controller.close()
    }
  })

const streams: EventStream[] = []
afterEach(() => streams.splice(0).forEach((stream) => stream.close()))

/** Listens to a sequence of responses; after the last one the core is silent. */
function listen(answers: (() => Response)[], delay = 0) {
  const events: CoreEvent[] = []
  const states: ConnectionState[] = []
  const send = vi.fn(async (_url: unknown, init?: RequestInit) => {
    const answer = answers.shift()
    if (answer !== undefined) return answer()
    return new Promise<Response>((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  })
  const stream = openEvents({
    url: '/events',
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    send: send as unknown as typeof fetch,
    delay: () => delay
  })
  streams.push(stream)
  return { events, states, send, stream }
}

describe('openEvents', () => {
  it('reads events however the stream is split, and ignores comments', async () => {
    const { events } = listen([
      () =>
        new Response(
          body(
            'retry: 1000\n\nda',
            'ta: {"type":"hello","coreId":"a"}\n',
            '\n: still here\n\ndata: {"type":"objects","ids":[1]}\n\ndata: {"ty'
          )
        )
    ])
    await vi.waitFor(() => expect(events).toHaveLength(2))
    expect(events).toEqual([
      { type: 'hello', coreId: 'a' },
      { type: 'objects', ids: [1] }
    ])
  })

  it('decodes characters that are split between two chunks', async () => {
    const bytes = encoder.encode('data: {"type":"hello","coreId":"à"}\n\n')
    const halves = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, 32))
        controller.enqueue(bytes.slice(32))
        controller.close()
      }
    })
    const { events } = listen([() => new Response(halves)])
    await vi.waitFor(() => expect(events).toEqual([{ type: 'hello', coreId: 'à' }]))
  })

  it('connects again when the stream ends, the core is gone or answers with an error', async () => {
    const { states, send } = listen([
      () => new Response(body('data: {"type":"hello","coreId":"a"}\n\n')),
      () => {
        throw new TypeError('Failed to fetch')
      },
      () => new Response(null, { status: 500 }),
      () => new Response(body('data: {"type":"hello","coreId":"b"}\n\n'))
    ])
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(5))
    expect(states).toEqual(['connecting', 'connected', 'lost', 'lost', 'lost', 'connected', 'lost'])
  })

  it('reports when the window is refused', async () => {
    const { states } = listen([() => new Response(null, { status: 401 })], 10_000)
    await vi.waitFor(() => expect(states).toEqual(['connecting', 'refused']))
  })

  it('retries at once on command, and never after it is closed', async () => {
    const { send, stream } = listen([() => new Response(null, { status: 500 }), () => new Response(null, { status: 500 })], 60_000)
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1))
    await new Promise((resolve) => setTimeout(resolve, 5))
    stream.retry()
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(2))
    await new Promise((resolve) => setTimeout(resolve, 5))
    stream.close()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(send).toHaveBeenCalledTimes(2)
  })
})
