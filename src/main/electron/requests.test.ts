import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { createRequests } from './requests.ts'

/** A page that records what it is sent. */
class Page extends EventEmitter {
  readonly heard: unknown[] = []
  isDestroyed = (): boolean => false
  send = (_channel: string, request: unknown): void => void this.heard.push(request)
}

const open = (path: string) => ({ kind: 'open' as const, paths: [path] })
const asContents = (page: Page) => page as unknown as Parameters<ReturnType<typeof createRequests>['listening']>[0]

it('keeps requests until a page listens, then sends them at once', () => {
  const requests = createRequests()
  const page = new Page()
  requests.send(open('/a'))
  requests.listening(asContents(page))
  requests.send(open('/b'))
  expect(page.heard).toEqual([open('/a'), open('/b')])
})

it('keeps requests while the page reloads', () => {
  const requests = createRequests()
  const page = new Page()
  requests.listening(asContents(page))
  page.emit('did-start-loading')
  requests.send(open('/a'))
  expect(page.heard).toEqual([])
  requests.listening(asContents(page))
  expect(page.heard).toEqual([open('/a')])
})
