import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasServer, layWire, startServer, type TestServer, type Wire } from '../../src/main/core/training/remote/sshd.fixture.ts'
import { epochGate, type EpochGate } from '../fixtures/training/epoch-gate.ts'
import { closedCatalogue } from './closed-catalogue.ts'
import { createBench, programs, type Bench } from './run-cli.ts'

const root = join(import.meta.dirname, '..', '..')
/** Only the sources can be told of another trainer; the build runs the same commands (journey.test.ts). */
const [{ file }] = programs as [(typeof programs)[number]]

describe.skipIf(!hasServer)('fitxa train --ssh', () => {
  const before = { ...process.env }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fitxa-ssh-')))
  let bench: Bench
  let server: TestServer
  let wire: Wire
  let target: string
  let gate: EpochGate

  beforeAll(async () => {
    bench = await createBench(file)
    gate = epochGate(folder)
    server = await startServer({ FITXA_STAND_IN: JSON.stringify({ epochs: 24, gate: gate.file }) })
    wire = await layWire(server.port)
    const machine = server.machine(wire.port)
    target = machine.target
    // The person's own configuration, which ssh would otherwise find in the home folder of the account.
    const words = (machine.client?.arguments ?? []).map((word) => `'${word}'`).join(' ')
    const ssh = (process.env['PATH'] ?? '').split(delimiter).find((path) => readdirOf(path).includes('ssh')) ?? ''
    writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nexec '${join(ssh, 'ssh')}' ${words} "$@"\n`, { mode: 0o755 })
    // The stand-in for the trainer, with the real far end.
    const trainer = join(folder, 'trainer')
    cpSync(join(root, 'tests', 'fixtures', 'training', 'trainer'), trainer, { recursive: true })
    const machineFolder = join('src', 'fitxa_trainer', 'machine')
    cpSync(join(root, 'trainer', machineFolder), join(trainer, machineFolder), { recursive: true })
    const watch = join('src', 'fitxa_trainer', 'parent.py')
    cpSync(join(root, 'trainer', watch), join(trainer, watch))
    process.env['PATH'] = `${folder}${delimiter}${before['PATH'] ?? ''}`
    process.env['FITXA_TRAINER'] = trainer
  })
  afterAll(async () => {
    process.env = before
    await wire.close()
    await server.close()
    await bench.clear()
    rmSync(folder, { recursive: true, force: true })
  })

  it('checks the machine, stops with a checkpoint there, continues after a lost connection, and installs the model', async () => {
    const words = [
      'train',
      '--catalogue',
      await closedCatalogue(bench.folder),
      '--ssh',
      target,
      '--ssh-folder',
      '~/big disk/fitxa'
    ] as const
    const nowhere = await bench.run('train', '--catalogue', words[2], '--ssh', 'no-such-machine.invalid')
    expect(nowhere).toMatchObject({ code: 3, out: '' })
    expect(nowhere.err).toContain('The machine “no-such-machine.invalid” was not found')

    gate.allow(2)
    const first = bench.start(...words)
    const said = listen(first.child)
    const stoppedAt = await epochOf(first.child, said)
    first.child.kill('SIGINT')
    expect(await first.ended).toMatchObject({ code: 3, out: '' })
    expect(said()).toContain(`Connection: ok (${target})`)
    expect(said()).toContain('Python: ok')

    gate.allow(4)
    const second = bench.start(...words)
    const saidThen = listen(second.child)
    await epochOf(second.child, saidThen, stoppedAt)
    wire.cut()
    gate.allow(24)
    expect(await second.ended).toMatchObject({ code: 0, out: expect.stringContaining('New model installed: c@1.0.0') as string })
    expect(readdirSync(join(server.home, 'big disk', 'fitxa', 'runs'))).toEqual([])
  }, 180_000)
})

/** What a program has said on stderr so far. */
function listen(child: ChildProcess): () => string {
  let said = ''
  child.stderr?.on('data', (data: string) => (said += data))
  return () => said
}

/** Waits until a training tells an epoch after `after`. */
async function epochOf(child: ChildProcess, said: () => string, after = 0): Promise<number> {
  for (;;) {
    const epoch = Number([...said().matchAll(/epoch (\d+) of 24/g)].at(-1)?.[1] ?? 0)
    if (epoch > after) return epoch
    expect(child.exitCode, said()).toBeNull()
    await pause(50)
  }
}

function readdirOf(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
