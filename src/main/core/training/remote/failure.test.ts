import { expect, it } from 'vitest'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import { parseAddress } from './address.ts'
import { failureOf, mayPass } from './failure.ts'

const address = parseAddress('maria@gpu')

/** What clients of several versions and systems write; connecting.test.ts has those of the version at hand. */
it.each([
  ['ssh: Could not resolve hostname gpu: nodename nor servname provided, or not known', 'remote.hostNotFound', true],
  ['ssh: Could not resolve hostname gpu: Name or service not known\r\n', 'remote.hostNotFound', true],
  ['ssh: connect to host gpu port 22: Connection timed out', 'remote.timedOut', true],
  ['ssh: connect to host gpu port 22: Operation timed out', 'remote.timedOut', true],
  ['ssh: connect to host gpu port 22: No route to host', 'remote.unreachable', true],
  ['kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.1 port 22', 'remote.closed', true],
  ['maria@gpu: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).', 'remote.denied', false],
  ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', 'remote.denied', false],
  [
    'No ED25519 host key is known for gpu and you have requested strict checking.\nHost key verification failed.',
    'remote.hostKeyUnknown',
    false
  ],
  ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.', 'remote.hostKeyChanged', false],
  ['/home/maria/.ssh/config: line 3: Bad configuration option: foo', 'remote.config', false],
  ['Bad owner or permissions on C:\\Users\\maria/.ssh/config', 'remote.config', false],
  ['Unable to negotiate with 10.0.0.1 port 22: no matching host key type found', 'remote.failed', false]
])('knows %j', (stderr, code, passing) => {
  const failure = failureOf({ code: 255, signal: null, stderr, answered: false }, address)
  expect(failure.code).toBe(code)
  expect(failure.data['host']).toBe('maria@gpu')
  expect(mayPass(failure)).toBe(passing)
})

it('names the key that ssh would not use', () => {
  const stderr = 'Load key "/home/maria/.ssh/id_ed25519": bad permissions\nmaria@gpu: Permission denied (publickey).'
  expect(failureOf({ code: 255, signal: null, stderr, answered: false }, address).data['detail']).toContain('id_ed25519')
})

it('tells a line that broke from what never was', () => {
  expect(failureOf({ code: 255, signal: null, stderr: '', answered: true }, address).code).toBe('remote.lost')
  expect(failureOf({ code: 127, signal: null, stderr: 'sh: not found', answered: false }, address).code).toBe('remote.shell')
  expect(mayPass(new AppError('bundle.hash'))).toBe(false)
  expect(mayPass(new Cancelled())).toBe(false)
})
