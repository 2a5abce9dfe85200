import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { epochGate } from '../../../../../tests/fixtures/training/epoch-gate.ts'
import { temporaryFolder } from '../../catalogue/catalogue.fixture.ts'
import type { TrainerEnd, TrainingHost, TrainingWork } from '../host.ts'
import { commandOf, descendants, hasServer, kill, layWire, startServer, type TestServer, type Wire } from './sshd.fixture.ts'
import { createSshHost } from './ssh-host.ts'
import { epochsOf, report, standInWork, type Reported } from './stand-in.fixture.ts'

const never = new AbortController().signal

describe.skipIf(!hasServer)('a machine reached by ssh', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
    // Login scripts that print break programs that read what comes first.
    writeFileSync(join(server.home, '.bashrc'), 'echo welcome; printf "no end of line"\n')
  })
  afterAll(async () => {
    await vi.waitFor(() =>
      expect(
        descendants(process.pid)
          .map(commandOf)
          .filter((command) => /^ssh /.test(command))
      ).toEqual([])
    )
    await server.close()
  })

  async function wire(): Promise<Wire> {
    const made = await layWire(server.port)
    onTestFinished(() => made.close())
    return made
  }
  const runFolder = (work: TrainingWork): string => join(server.home, '.fitxa', 'runs', work.name)

  /** A work that trains as many epochs as it is allowed to. */
  function gatedWork(epochs: number): { work: TrainingWork; allow: (epochs: number) => void } {
    const { file, allow } = epochGate(temporaryFolder())
    return { work: standInWork({ gate: file, epochs }), allow }
  }
  const checkpointOf = (work: TrainingWork): number => Number(readFileSync(join(runFolder(work), 'run', 'checkpoint.pt'), 'utf8'))

  /** Trains, collecting lines. */
  function training(
    host: TrainingHost,
    work: TrainingWork
  ): { lines: string[]; told: Reported; end: Promise<TrainerEnd>; abort: AbortController } {
    const lines: string[] = []
    const told = report()
    const abort = new AbortController()
    return { lines, told, abort, end: host.train(work, told, (line) => void lines.push(line), abort.signal) }
  }
  const until = (condition: () => boolean): Promise<void> => vi.waitFor(() => expect(condition()).toBe(true), { interval: 20 })

  it('sends, trains, fetches and leaves the machine tidy', async () => {
    const line = await wire()
    const host = createSshHost(server.machine(line.port))
    const work = standInWork()
    const told = report()
    await host.prepare(work, told, never)
    expect(told.stages).toEqual(['environment', 'send'])
    expect(told.progressed.at(-1)?.[0]).toBe(told.progressed.at(-1)?.[1])
    for (const name of readdirSync(join(work.data, 'pictures'))) {
      expect(readFileSync(join(runFolder(work), 'data', 'pictures', name)).equals(readFileSync(join(work.data, 'pictures', name)))).toBe(
        true
      )
    }
    const { end, lines } = training(host, work)
    expect(await end).toMatchObject({ code: 0, signal: null, detached: false, lastLine: 'warming up' })
    expect(epochsOf(lines)).toEqual([0, 1, 2])
    expect(readFileSync(work.logFile, 'utf8')).toBe('warming up\n')
    await host.fetch(work, told, never)
    expect(JSON.parse(readFileSync(join(work.run, 'result.json'), 'utf8'))).toMatchObject({ title: work.settings.title.ca, pictures: 5 })
    for (const name of readdirSync(work.base)) {
      expect(readFileSync(join(work.bundle, name)).equals(readFileSync(join(work.base, name)))).toBe(true)
    }
    expect(existsSync(join(work.run, 'checkpoint.pt'))).toBe(false)
    expect(existsSync(runFolder(work))).toBe(false)
    expect(readFileSync(join(server.home, '.fitxa', 'README.txt'), 'utf8')).toContain('runs/')
    expect(statSync(join(server.home, '.fitxa')).mode & 0o077).toBe(0)
    // What was requested again is already done.
    await host.fetch(work, told, never)
    // Nothing of a name or a title was ever run.
    expect(readdirSync(server.home).sort()).toEqual(['.bashrc', '.fitxa'])
  })

  it('sends unchanged data a second time as a few kilobytes, and of changed data only what changed', async () => {
    const fresh = await startServer()
    onTestFinished(() => fresh.close())
    const line = await layWire(fresh.port)
    onTestFinished(() => line.close())
    const host = createSshHost(fresh.machine(line.port))
    const runFolder = (work: TrainingWork): string => join(fresh.home, '.fitxa', 'runs', work.name)
    const work = standInWork()
    await host.prepare(work, report(), never)
    const before = line.sent()
    await host.prepare(work, report(), never)
    const again = line.sent() - before
    process.stdout.write(`unchanged data sent again: ${again} bytes on the wire for ${before} of the first time\n`)
    expect(again).toBeLessThan(25_000)
    const other = { ...work, name: `${work.name}-other` }
    writeFileSync(join(work.data, 'annotations.csv'), 'id\n1\n')
    const start = line.sent()
    await host.prepare(other, report(), never)
    expect(line.sent() - start).toBeLessThan(30_000)
    expect(readFileSync(join(runFolder(other), 'data', 'annotations.csv'), 'utf8')).toBe('id\n1\n')
    // The run that was given the former contents keeps them.
    expect(readFileSync(join(runFolder(work), 'data', 'annotations.csv'), 'utf8')).toBe('id\n')
  })

  it('resumes within the file if the connection is cut while sending', async () => {
    const fresh = await startServer()
    onTestFinished(() => fresh.close())
    const line = await layWire(fresh.port)
    onTestFinished(() => line.close())
    const host = createSshHost(fresh.machine(line.port))
    const work = standInWork()
    const told = report()
    line.cutAfter(6_000_000)
    await host.prepare(work, told, never)
    expect(told.connections).toEqual([false, true])
    const bytes = readdirSync(work.base).reduce((sum, name) => sum + statSync(join(work.base, name)).size, 0)
    // What was on its way is lost, what had arrived is not sent again.
    expect(line.sent()).toBeLessThan(bytes + 4_000_000)
    const model = readFileSync(join(work.base, 'starter.onnx'))
    expect(readFileSync(join(fresh.home, '.fitxa', 'runs', work.name, 'base', 'starter.onnx')).equals(model)).toBe(true)
  })

  it('loses and repeats no output when the connection is cut, the client killed and the server killed while following', async () => {
    const line = await wire()
    const host = createSshHost(server.machine(line.port))
    const { work, allow } = gatedWork(60)
    allow(6)
    await host.prepare(work, report(), never)
    const { lines, told, end } = training(host, work)
    await until(() => epochsOf(lines).length > 5)
    line.cut()
    allow(16)
    await until(() => told.connections.length === 2 && epochsOf(lines).length > 15)
    const client = descendants(process.pid).find((pid) => /^ssh .*127\.0\.0\.1/.test(commandOf(pid)))
    expect(client).toBeDefined()
    kill(client!)
    allow(26)
    await until(() => told.connections.length === 4 && epochsOf(lines).length > 25)
    server.killSessions()
    allow(36)
    await until(() => told.connections.length === 6 && epochsOf(lines).length > 35)
    allow(60)
    expect(await end).toMatchObject({ code: 0 })
    expect(told.connections).toEqual([false, true, false, true, false, true])
    expect(epochsOf(lines)).toEqual(Array.from({ length: 60 }, (_, epoch) => epoch))
  })

  it('notices a dead connection', async () => {
    const line = await wire()
    const host = createSshHost({ ...server.machine(line.port), silence: 4000 })
    const { work, allow } = gatedWork(80)
    allow(4)
    await host.prepare(work, report(), never)
    const { lines, told, end } = training(host, work)
    await until(() => epochsOf(lines).length > 2)
    line.hold(true)
    await until(() => told.connections.includes(false))
    line.hold(false)
    allow(80)
    expect(await end).toMatchObject({ code: 0 })
    expect(epochsOf(lines)).toEqual(Array.from({ length: 80 }, (_, epoch) => epoch))
  })

  it('lets the run continue when Fitxa ends, and rejoins it when Fitxa is back', async () => {
    const host = createSshHost(server.machine())
    const { work, allow } = gatedWork(30)
    allow(5)
    await host.prepare(work, report(), never)
    const first = training(host, work)
    await until(() => epochsOf(first.lines).length > 3)
    first.abort.abort('interrupted')
    expect(await first.end).toMatchObject({ detached: true })
    allow(10)
    await until(() => checkpointOf(work) >= 10)
    allow(30)
    const again = createSshHost(server.machine())
    const told = report()
    await again.prepare(work, told, never)
    expect(told.stages).toEqual(['environment'])
    const second = training(again, work)
    expect(await second.end).toMatchObject({ code: 0, detached: false })
    expect(epochsOf(second.lines)).toEqual(Array.from({ length: 30 }, (_, epoch) => epoch))
  })

  it('stops with a checkpoint and resumes from it', async () => {
    const host = createSshHost(server.machine())
    const { work, allow } = gatedWork(40)
    allow(4)
    await host.prepare(work, report(), never)
    const first = training(host, work)
    await until(() => epochsOf(first.lines).length > 2)
    first.abort.abort('stopped')
    expect(await first.end).toMatchObject({ code: 75, detached: false })
    const done = checkpointOf(work)
    expect(done).toBe(epochsOf(first.lines).length)
    allow(40)
    await host.prepare(work, report(), never)
    const second = training(host, work)
    expect(await second.end).toMatchObject({ code: 0 })
    expect(epochsOf(second.lines)).toEqual(Array.from({ length: 40 - done }, (_, epoch) => done + epoch))
    await host.fetch(work, report(), never)
    expect(JSON.parse(readFileSync(join(work.run, 'result.json'), 'utf8'))).toMatchObject({ started: done })
  })

  it('reports a run that disappeared, never touches other processes, and resumes from the checkpoint', async () => {
    const host = createSshHost(server.machine())
    const { work, allow } = gatedWork(60)
    allow(3)
    await host.prepare(work, report(), never)
    const first = training(host, work)
    await until(() => epochsOf(first.lines).length > 1)
    const read = (name: string): { pid: number } => JSON.parse(readFileSync(join(runFolder(work), name), 'utf8')) as { pid: number }
    for (const name of ['task.json', 'child.json']) kill(read(name).pid)
    await expect(first.end).rejects.toMatchObject({ code: 'remote.gone' })
    // The machine was restarted and has given the process ids to others.
    const stranger = spawn('sleep', ['60'])
    onTestFinished(() => void stranger.kill())
    for (const name of ['task.json', 'child.json'])
      writeFileSync(join(runFolder(work), name), JSON.stringify({ ...read(name), pid: stranger.pid }))
    allow(20)
    const second = training(host, work)
    await until(() => epochsOf(second.lines).length > 3)
    second.abort.abort('stopped')
    expect(await second.end).toMatchObject({ code: 75 })
    expect(stranger.exitCode).toBeNull()
    expect(stranger.signalCode).toBeNull()
  })

  it('passes on the failure of the trainer, and retries when asked', async () => {
    const host = createSshHost(server.machine())
    const work = standInWork({ exit: 2 })
    await host.prepare(work, report(), never)
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await training(host, work).end).toMatchObject({ code: 2, lastLine: 'nothing to learn from' })
    }
  })

  it('resumes within the file if the connection is cut while fetching, and keeps no damaged data', async () => {
    const line = await wire()
    const host = createSshHost(server.machine(line.port))
    const work = standInWork()
    await host.prepare(work, report(), never)
    expect(await training(host, work).end).toMatchObject({ code: 0 })
    const told = report()
    const start = line.received()
    line.cutAfter(6_000_000, 'received')
    await host.fetch(work, told, never)
    expect(told.connections).toEqual([false, true])
    const bytes = readdirSync(work.base).reduce((sum, name) => sum + statSync(join(work.base, name)).size, 0)
    expect(line.received() - start).toBeLessThan(bytes + 4_000_000)
    expect(readFileSync(join(work.bundle, 'starter.onnx')).equals(readFileSync(join(work.base, 'starter.onnx')))).toBe(true)

    const damaged = standInWork()
    await host.prepare(damaged, report(), never)
    expect(await training(host, damaged).end).toMatchObject({ code: 0 })
    const card = join(runFolder(damaged), 'bundle', 'card.md')
    writeFileSync(card, `${readFileSync(card, 'utf8')}!`)
    await expect(host.fetch(damaged, report(), never)).rejects.toMatchObject({ code: 'bundle.size' })
    expect(existsSync(damaged.bundle)).toBe(false)
    expect(existsSync(runFolder(damaged))).toBe(true)
  })

  it('reports that a run could not be told to stop, and leaves it running', async () => {
    const line = await wire()
    const machine = server.machine(line.port)
    const host = createSshHost({
      ...machine,
      client: { ...machine.client!, connectSeconds: 1 },
      patience: { ...machine.patience, total: 1500 }
    })
    const { work, allow } = gatedWork(100)
    allow(3)
    await host.prepare(work, report(), never)
    const first = training(host, work)
    await until(() => epochsOf(first.lines).length > 1)
    line.hold(true)
    first.abort.abort('stopped')
    await expect(first.end).rejects.toMatchObject({ code: 'remote.notStopped' })
    line.hold(false)
    allow(20)
    const second = training(host, work)
    await until(() => epochsOf(second.lines).length > epochsOf(first.lines).length + 3)
    second.abort.abort('stopped')
    expect(await second.end).toMatchObject({ code: 75 })
  })

  it('ends at once when told to, at any stage', async () => {
    const line = await wire()
    const host = createSshHost(server.machine(line.port))
    const abort = new AbortController()
    line.hold(true)
    const preparing = host.prepare(standInWork(), report(), abort.signal)
    await until(() => line.connections() > 0)
    abort.abort('stopped')
    // Nothing comes through the line any more, so that only the request to stop can end it.
    await expect(preparing).rejects.toMatchObject({ name: 'Cancelled' })
  })
})
