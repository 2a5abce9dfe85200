import { expect, it } from 'vitest'
import { addressArguments, parseAddress } from './address.ts'

it('reads hosts, users and ports', () => {
  expect(addressArguments(parseAddress('gpu'))).toEqual(['--', 'gpu'])
  expect(addressArguments(parseAddress('maria@gpu.example.cat:2222'))).toEqual(['-p', '2222', '-l', 'maria', '--', 'gpu.example.cat'])
  expect(addressArguments(parseAddress(' ssh://maria@gpu '))).toEqual(['-l', 'maria', '--', 'gpu'])
  expect(addressArguments(parseAddress('maria@[::1]:22'))).toEqual(['-p', '22', '-l', 'maria', '--', '::1'])
})

it.each(['', '-oProxyCommand=x', 'maria@-x', 'a b', 'maria@', 'gpu:0', 'gpu:99999', 'gpu:x', 'a@b@c', '$(x)@gpu', 'gpu;reboot', '-l@gpu'])(
  'refuses %j',
  (target) => {
    expect(() => parseAddress(target)).toThrow(expect.objectContaining({ code: 'remote.address', data: { target } }))
  }
)
