import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSshHost } from './ssh-host.ts'
import { hasServer, layWire, startServer, type TestServer } from './sshd.fixture.ts'
import { report, standInWork } from './stand-in.fixture.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const never = new AbortController().signal

/** Makes the package `fitxa-probe` 1.0, all of it. */
const wheel = `
import sys, zipfile
info = "fitxa_probe-1.0.dist-info/"
with zipfile.ZipFile(sys.argv[1] + "/fitxa_probe-1.0-py3-none-any.whl", "w") as file:
    file.writestr("fitxa_probe.py", "")
    file.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: fitxa-probe\\nVersion: 1.0\\n")
    file.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    file.writestr(info + "RECORD", "")
`

describe.skipIf(!hasServer)('the Python of a machine reached by ssh', () => {
  let server: TestServer
  const packagesFolder = realpathSync(mkdtempSync(join(tmpdir(), 'fitxa-packages-')))
  beforeAll(async () => {
    // The packages come from a folder, so that nothing is fetched.
    server = await startServer({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: packagesFolder })
    execFileSync(process.env['FITXA_PYTHON'] ?? 'python3', ['-c', wheel, packagesFolder])
  })
  afterAll(async () => {
    await server.close()
    rmSync(packagesFolder, { recursive: true, force: true })
  })

  it('is made with what the machine lacks, goes on when the line breaks, and is made once', async () => {
    const line = await layWire(server.port)
    onTestFinished(() => line.close())
    const host = createSshHost(server.machine(line.port))
    const work = standInWork({ requirements: 'fitxa-probe==1.0\n# what every Python has\npip==1.0\n' })
    const told = report()
    let cut = false
    const progress = (done: number, total: number | null): void => {
      told.progress(done, total)
      // The first word of the installation: from then on it is the machine's own affair.
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
    const work = standInWork({ requirements: 'fitxa-nowhere==2.0\n' })
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(host.prepare(work, report(), never)).rejects.toMatchObject({
        code: 'remote.install',
        data: { package: 'fitxa-nowhere 2.0', detail: expect.stringContaining('fitxa-nowhere') as string }
      })
    }
  })
})
