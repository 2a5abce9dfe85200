import { beforeEach, expect, it } from 'vitest'
import { takeSessionKeys } from './session-keys.ts'

const pageWith = (content: string): Document => {
  const page = document.implementation.createHTMLDocument()
  page.head.innerHTML = `<meta name="session-keys" content="${content}">`
  return page
}

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/')
})

it('takes the keys from the page that the token opened, and removes the token from the address', () => {
  history.replaceState(null, '', '/?token=spent#/models')
  expect(takeSessionKeys(pageWith('call.address'))).toEqual({ call: 'call', address: 'address' })
  expect(location.search).toBe('')
  expect(location.hash).toBe('#/models')
})

it('finds the keys again after a reload, when the page comes without them', () => {
  takeSessionKeys(pageWith('call.address'))
  expect(takeSessionKeys(pageWith(''))).toEqual({ call: 'call', address: 'address' })
})

it('replaces old keys by those of a new start', () => {
  takeSessionKeys(pageWith('old.old'))
  expect(takeSessionKeys(pageWith('new.newer'))).toEqual({ call: 'new', address: 'newer' })
})

it('has none in the desktop shell', () => {
  expect(takeSessionKeys(pageWith(''))).toEqual({ call: '', address: '' })
})
