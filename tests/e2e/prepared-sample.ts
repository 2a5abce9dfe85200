import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore } from '../../src/main/core/core.ts'
import { resourcesFolder, sampleCatalogue } from './places.ts'

/**
 * `node tests/e2e/prepared-sample.ts CATALOGUE`: makes the catalogue of the sample collection, with the suggestions for every object, as
 * the window makes it. Tests that are not about this begin with a copy, which saves each of them an import and a run of the model.
 */
async function prepare(target: string): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'fitxa-sample-'))
  const core = await createCore({ shell: 'cli', version: '0.0.0', resourcesFolder, dataFolder })
  try {
    const complete = new Promise<void>((resolve, reject) => {
      core.subscribe((event) => {
        if (event.type !== 'job') return
        if (event.job.state === 'failed') reject(new Error(`the job ${event.job.kind} failed: ${event.job.error?.code}`))
        if (event.job.kind === 'predict' && event.job.state === 'done') resolve()
      })
    })
    await core.call.catalogue.openSample()
    await complete
  } finally {
    await core.close()
  }
  await cp(sampleCatalogue(dataFolder), target, { recursive: true, filter: (path) => !path.endsWith('.lock') })
  await rm(dataFolder, { recursive: true, force: true })
}

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('usage: prepared-sample.ts CATALOGUE')
await prepare(target)
