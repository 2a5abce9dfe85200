import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { createEventHub, type EventHub } from '../events.ts'
import { createEventStreams, type EventStreams } from './event-stream.ts'

let server: Server
let hub: EventHub
let streams: EventStreams

async function listen(heartbeat?: number): Promise<number> {
  hub = createEventHub((error) => {
    throw error
  })
  streams = createEventStreams(hub, 'core-1', heartbeat)
  server = createServer((request, response) => streams.open(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

afterEach(() => {
  streams.close()
  server.closeAllConnections()
  server.close()
})

/** Reads the stream as text until `wanted` is in it. */
async function readUntil(socket: Socket, wanted: string): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes(wanted)) return text
  }
  return text
}

const ask = (port: number): Socket =>
  connect(port, '127.0.0.1').on('connect', function (this: Socket) {
    this.write('GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  })

describe('the event stream', () => {
  it('says hello, sends events and ends cleanly', async () => {
    const socket = ask(await listen())
    expect(await readUntil(socket, 'hello')).toContain('data: {"type":"hello","coreId":"core-1"}')
    hub.publish({ type: 'objects', ids: [7] })
    expect(await readUntil(socket, 'objects')).toContain('data: {"type":"objects","ids":[7]}')
    streams.close()
    // The end of a chunked reply: the reader sees that nothing was cut off.
    expect(await readUntil(socket, '\r\n0\r\n\r\n')).toContain('0\r\n\r\n')
  })

  it('sends heartbeats', async () => {
    const socket = ask(await listen(20))
    expect(await readUntil(socket, ': still here')).toContain(': still here')
    socket.destroy()
  })

  it('keeps the last state only for a reader that does not read', async () => {
    const socket = ask(await listen())
    await readUntil(socket, 'hello')
    const note = 'x'.repeat(10_000)
    const event = (count: number): CoreEvent => ({ type: 'catalogue', catalogue: { path: note, name: 'c', objects: count, problem: null } })
    for (let count = 1; count <= 5000; count++) hub.publish(event(count))
    const text = await readUntil(socket, '"objects":5000')
    expect(text).toContain('"objects":5000')
    expect(text.split('data: ').length).toBeLessThan(4000)
  })
})
