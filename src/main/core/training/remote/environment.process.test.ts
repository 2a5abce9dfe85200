import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { lockOf, makeProbeWheel } from '../probe-wheel.fixture.ts'
import { createSshHost } from './ssh-host.ts'
import { hasServer, layWire, startServer, type TestServer } from './sshd.fixture.ts'
import { report, standInWork } from './stand-in.fixture.ts'

const never = new AbortController().signal

describe.skipIf(!hasServer)('the Python of a machine reached by ssh', () => {
  let server: TestServer
  let sha256: string
  const packagesFolder = realpathSync(mkdtempSync(join(tmpdir(), 'fitxa-packages-')))
  beforeAll(async () => {
    // The packages come from a folder, so that nothing is fetched.
    server = await startServer({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: packagesFolder })
    sha256 = makeProbeWheel(packagesFolder)
  })
  afterAll(async () => {
    await server.close()
    rmSync(packagesFolder, { recursive: true, force: true })
  })

  it('is created with the missing packages, continues if the connection is lost, and is created once', async () => {
    const line = await layWire(server.port)
    onTestFinished(() => line.close())
    const host = createSshHost(server.machine(line.port))
    const requirements = 'fitxa-probe==1.0\n# what every Python has\npip==1.0\n'
    const work = standInWork({ requirements, lock: `${lockOf('fitxa-probe==1.0', sha256)}${lockOf('pip==1.0', 'a'.repeat(64))}` })
    const told = report()
    let cut = false
    const progress = (done: number, total: number | null): void => {
      told.progress(done, total)
      // The first output of the installation: from then on it runs on its own.
      if (total === 1 && !cut) {
        cut = true
        line.cut()
      }
    }
    await host.prepare(work, { ...told, progress }, never)
    expect(told.connections).toEqual([false, true])
    expect(told.stages).toEqual(['environment', 'send'])
    const own = join(server.home, '.fitxa', 'python')
    expect(existsSync(join(own, 'bin', 'python'))).toBe(true)
    expect(execFileSync(join(own, 'bin', 'python'), ['-c', 'import fitxa_probe; print(fitxa_probe.__name__)'], { encoding: 'utf8' })).toBe(
      'fitxa_probe\n'
    )
    expect(await host.train(work, told, () => undefined, never)).toMatchObject({ code: 0 })
    // The installation's own run is gone.
    expect(readdirSync(join(server.home, '.fitxa', 'runs'))).toEqual([work.name])
    const again = report()
    await host.prepare({ ...work, name: `${work.name}-again` }, again, never)
    expect(again.progressed.some(([, total]) => total === 1)).toBe(false)
  })

  it('says which package could not be installed and why', async () => {
    const host = createSshHost(server.machine())
    const work = standInWork({ requirements: 'fitxa-nowhere==2.0\n', lock: lockOf('fitxa-nowhere==2.0', sha256) })
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(host.prepare(work, report(), never)).rejects.toMatchObject({
        code: 'remote.install',
        data: { package: 'fitxa-nowhere 2.0', detail: expect.stringContaining('fitxa-nowhere') as string }
      })
    }
  })

  it('installs nothing whose hash is not the one of the lock', async () => {
    const fresh = await startServer({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: packagesFolder })
    onTestFinished(() => fresh.close())
    const host = createSshHost(fresh.machine())
    const work = standInWork({ requirements: 'fitxa-probe==1.0\n', lock: lockOf('fitxa-probe==1.0', 'a'.repeat(64)) })
    await expect(host.prepare(work, report(), never)).rejects.toMatchObject({
      code: 'remote.install',
      data: { package: 'fitxa-probe 1.0', detail: expect.stringContaining(sha256) as string }
    })
    expect(existsSync(join(fresh.home, '.fitxa', 'package.txt'))).toBe(false)
  })
})
