import { createServer } from 'node:net'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { sentence } from '../../../../shared/locales/errors.ts'
import type { RemoteCheck } from '../../../../shared/model/training.ts'
import { freePort, hasServer, layWire, startServer, type TestServer } from './sshd.fixture.ts'
import { checkSshMachine, createSshHost, type SshMachine } from './ssh-host.ts'
import { report, standInWork } from './stand-in.fixture.ts'

const never = new AbortController().signal

describe.skipIf(!hasServer)('connecting to a machine', () => {
  let server: TestServer
  let source: string
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  async function check(machine: SshMachine, requirements?: string): Promise<RemoteCheck[]> {
    source = standInWork(requirements === undefined ? {} : { requirements }).trainerSource
    return await checkSshMachine(machine, source, never)
  }
  async function problemOf(machine: SshMachine): Promise<string> {
    const [connection, ...others] = await check(machine)
    expect(connection?.state).toBe('failed')
    expect(others.every(({ state, problem }) => state === 'skipped' && problem === null)).toBe(true)
    const { code = '', data = {} } = connection?.problem ?? {}
    for (const language of ['ca', 'en'] as const) expect(sentence(language, code, data)).not.toMatch(/\{\w+\}|^remote\./)
    return code
  }

  it('finds what a machine has', async () => {
    const checks = await check(server.machine(), 'pip==99.0\n# a comment\n')
    expect(checks.map(({ name, state }) => [name, state])).toEqual([
      ['connection', 'ok'],
      ['python', 'ok'],
      ['torch', 'ok'],
      ['gpu', 'warning'],
      ['disk', 'ok']
    ])
    expect(checks[1]?.value).toMatch(/^3\.\d+\.\d+ \(/)
    expect(checks[3]?.problem?.code).toMatch(/^remote\.(noGpu|gpuUnused)$/)
    expect(checks[4]?.value).toMatch(/^\d+\.\d GB$/)
  })

  it('connects by a Host of the person’s configuration', async () => {
    const machine = server.machine(server.port, { Host: 'gpu', HostName: '127.0.0.1', Port: String(server.port) })
    expect((await check({ ...machine, target: 'gpu' }))[0]).toMatchObject({ state: 'ok', value: 'gpu' })
  })

  it('tells a name that does not exist', async () => {
    expect(await problemOf({ ...server.machine(), target: 'no-such-machine.invalid' })).toBe('remote.hostNotFound')
  })
  it('tells a port on which nothing listens', async () => {
    expect(await problemOf(server.machine(await freePort()))).toBe('remote.refused')
  })
  it('tells a machine that does not answer', async () => {
    const wire = await layWire(server.port)
    onTestFinished(() => wire.close())
    wire.hold(true)
    const machine = server.machine(wire.port)
    expect(await problemOf({ ...machine, client: { ...machine.client!, connectSeconds: 1 } })).toBe('remote.timedOut')
  })
  it('tells a port on which something else listens', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    expect(await problemOf(server.machine((other.address() as { port: number }).port))).toBe('remote.closed')
  })
  it('tells a key that the machine does not know', async () => {
    const stranger = server.key('stranger', null)
    expect(await problemOf(server.machine(server.port, { IdentityFile: stranger }))).toBe('remote.denied')
  })
  it('tells a key with a passphrase that no agent holds, without asking for it', async () => {
    const locked = server.key('locked', '', 'a passphrase')
    expect(await problemOf(server.machine(server.port, { IdentityFile: locked, IdentityAgent: 'none' }))).toBe('remote.denied')
  })
  it('tells a machine that is not known yet from one whose key has changed', async () => {
    const unknown = join(server.folder, 'known_nobody')
    writeFileSync(unknown, '')
    expect(await problemOf(server.machine(server.port, { UserKnownHostsFile: unknown }))).toBe('remote.hostKeyUnknown')
    expect(readFileSync(unknown, 'utf8')).toBe('')
    const changed = join(server.folder, 'known_other')
    server.key('other-host', null)
    const other = readFileSync(join(server.folder, 'other-host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
    writeFileSync(changed, `[127.0.0.1]:${server.port} ${other}\n`)
    expect(await problemOf(server.machine(server.port, { UserKnownHostsFile: changed }))).toBe('remote.hostKeyChanged')
  })
  it('tells a broken configuration and a missing client', async () => {
    expect(await problemOf(server.machine(server.port, { NoSuchOption: 'yes' }))).toBe('remote.config')
    const machine = server.machine()
    expect(await problemOf({ ...machine, client: { ...machine.client!, program: join(server.folder, 'no-ssh') } })).toBe('remote.noClient')
  })
  it('tells an account without a shell', async () => {
    const restricted = server.key('restricted', 'command="/bin/false"')
    expect(await problemOf(server.machine(server.port, { IdentityFile: restricted }))).toBe('remote.shell')
  })

  it('tells that Python is too old, and what there is', async () => {
    const tools = join(server.folder, 'old')
    mkdirSync(tools)
    for (const name of ['sh', 'env']) symlinkSync(join('/bin', name), join(tools, name))
    writeFileSync(join(tools, 'python3'), '#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2 && exit 0\nexit 86\n')
    chmodSync(join(tools, 'python3'), 0o755)
    const old = await startServer({ PATH: tools })
    onTestFinished(() => old.close())
    const checks = await check({ ...old.machine(), python: null })
    expect(checks.map(({ state }) => state)).toEqual(['ok', 'failed', 'skipped', 'skipped', 'skipped'])
    expect(checks[1]?.problem).toMatchObject({ code: 'remote.python', data: { found: '3.9.2', oldest: '3.11' } })
    const chosen = await check({ ...server.machine(), python: join(tools, 'python3') })
    expect(chosen[1]?.problem).toMatchObject({ code: 'remote.pythonChosen', data: { found: '3.9.2', python: join(tools, 'python3') } })
  })

  it('tells a folder in which nothing can be written', async () => {
    const file = join(server.home, 'a-file')
    writeFileSync(file, '')
    const checks = await check({ ...server.machine(), folder: '~/a-file/fitxa' })
    expect(checks.map(({ state }) => state)).toEqual(['ok', 'skipped', 'skipped', 'skipped', 'failed'])
    expect(checks[4]?.problem?.code).toBe('remote.write')
  })

  it('takes the folder that is asked for, whatever its name', async () => {
    const folder = `~/it's "mine"; $(touch pwned) 😀`
    const host = createSshHost({ ...server.machine(), folder })
    const work = standInWork()
    await host.prepare(work, report(), never)
    expect(readFileSync(join(server.home, folder.slice(2), 'runs', work.name, 'data', 'annotations.csv'), 'utf8')).toBe('id\n')
  })
})
