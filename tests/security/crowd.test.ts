import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { requestText, sendRaw, startTestShell, stateOf, type SignedIn, type TestShell } from './fixtures.ts'

let test: TestShell
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await test.close()
})

/** Opens connections, more than any system would queue, each of which sends `start` and nothing else. */
async function crowd(count: number, start: string): Promise<Socket[]> {
  const opened = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ host: '127.0.0.1', port: test.shell.port }).on('error', () => undefined)
      sockets.push(socket)
      await once(socket, 'connect')
      if (start !== '') socket.write(start)
      return socket
    })
  )
  return opened
}

const call = (me: SignedIn): string =>
  requestText(
    'POST',
    '/rpc/app/info',
    {
      Host: `127.0.0.1:${test.shell.port}`,
      Cookie: me.cookie,
      'Fitxa-Session': me.callKey,
      'Content-Type': 'application/json',
      'Content-Length': '2'
    },
    '{}'
  )

/** A stream of events of the owner, open once its first event has arrived. */
async function ownStream(me: SignedIn): Promise<{ closed: () => boolean }> {
  const socket = connect({ host: '127.0.0.1', port: test.shell.port }).setEncoding('utf8')
  sockets.push(socket)
  const head = { Host: `127.0.0.1:${test.shell.port}`, Cookie: me.cookie, 'Fitxa-Session': me.callKey, Connection: 'keep-alive' }
  socket.write(requestText('GET', '/events', head))
  for (let text = ''; !text.includes('hello');) text += String((await once(socket, 'data'))[0])
  return { closed: () => socket.closed || socket.readableEnded }
}

it.each([
  ['idle', ''],
  ['slow', 'POST /rpc/app/info HTTP/1.1\r\nHost: ']
])('150 %s connections without a session do not shut the owner out', async (_kind, start) => {
  test = await startTestShell()
  const me = await test.signIn()
  const stream = await ownStream(me)
  await crowd(150, start)
  for (let round = 0; round < 5; round++) {
    expect(stateOf(await sendRaw(test.shell.port, call(me)))).toBe(200)
    await crowd(150, start)
  }
  expect(stream.closed()).toBe(false)
})

it('ends the oldest connections of strangers, not the newest', async () => {
  test = await startTestShell({ strangers: 3 })
  const [first] = await crowd(1, '')
  const gone = once(first as Socket, 'close')
  const later = await crowd(3, '')
  await gone
  expect(stateOf(await sendRaw(test.shell.port, requestText('GET', '/', { Host: 'elsewhere' })))).toBe(403)
  expect(later.filter((socket) => !socket.destroyed).length).toBeGreaterThanOrEqual(2)
})

it('keeps every connection of the owner, however many', async () => {
  test = await startTestShell({ strangers: 2 })
  const me = await test.signIn()
  const streams = await Promise.all(Array.from({ length: 2 }, () => ownStream(me)))
  for (let more = 0; more < 4; more++) streams.push(await ownStream(me))
  await crowd(5, '')
  expect(stateOf(await sendRaw(test.shell.port, call(me)))).toBe(200)
  expect(streams.map((stream) => stream.closed())).toEqual(streams.map(() => false))
})

it('limits clients that have the cookie but no key, and still serves the owner', async () => {
  test = await startTestShell({ strangers: 2 })
  const me = await test.signIn()
  const head = { Host: `127.0.0.1:${test.shell.port}`, Cookie: me.cookie, Connection: 'keep-alive' }
  const visitors = await crowd(2, requestText('GET', '/', head))
  await Promise.all(visitors.map((socket) => once(socket, 'data')))
  const ended = once(visitors[0] as Socket, 'close')
  const [third] = await crowd(1, requestText('GET', '/', head))
  await once(third as Socket, 'data')
  await ended
  expect(stateOf(await sendRaw(test.shell.port, call(me)))).toBe(200)
})
