import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { networks, writeSmallBundle } from '../fixtures/inference/small-bundle.ts'
import { createBench, programs } from './run-cli.ts'

it.skipIf(process.platform === 'win32').each(programs)(
  'says that a model is tested, and Ctrl+C ends a test that never would ($name)',
  async ({ file }) => {
    const bench = await createBench(file)
    onTestFinished(() => bench.clear())
    writeSmallBundle(join(bench.folder, 'data', 'models', 'endless'), { network: networks.endless })
    const { child, ended } = bench.start('models', '--activate', 'small@1.0.0')
    const [line] = (await once(createInterface({ input: child.stderr! }), 'line')) as [string]
    expect(line).toBe('Testing small@1.0.0, up to a minute; Ctrl+C cancels.')
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 3, out: '', err: expect.stringContaining('stopped before it finished') as string })
    expect((await bench.run('models')).out).toMatch(/^starter@\S+ \(active\)/)
  }
)
