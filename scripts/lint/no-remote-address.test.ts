import { RuleTester } from 'eslint'
import { describe, expect, it } from 'vitest'
import { noRemoteAddress, remoteAddressIn } from './no-remote-address.js'

describe('remoteAddressIn', () => {
  it('finds an address anywhere in a text', () => {
    expect(remoteAddressIn('see https://example.org/x for more')).toBe('https://example.org/x')
    expect(remoteAddressIn('wss://example.org')).toBe('wss://example.org')
  })

  it('lets loopback, placeholders and known names pass', () => {
    expect(remoteAddressIn('http://127.0.0.1:8080/')).toBeNull()
    expect(remoteAddressIn('http://vocab.getty.edu/aat/300010957')).toBeNull()
    expect(remoteAddressIn('http://')).toBeNull()
  })

  it('is not fooled by a host that merely begins like loopback', () => {
    expect(remoteAddressIn('http://127.0.0.1.example.org/')).toBe('http://127.0.0.1.example.org/')
    expect(remoteAddressIn('http://localhost.example.org')).toBe('http://localhost.example.org')
  })
})

RuleTester.describe = describe
RuleTester.it = it
new RuleTester().run('no-remote-address', noRemoteAddress, {
  valid: ["const uri = 'http://www.w3.org/2004/02/skos/core#'", 'fetch(`http://127.0.0.1:${port}/`)'],
  invalid: [
    { code: "fetch('https://example.org')", errors: [{ messageId: 'remote' }] },
    { code: 'fetch(`https://example.org/${id}`)', errors: [{ messageId: 'remote' }] }
  ]
})
