/** Cores for tests, with the program's own resources and a data folder of their own. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CoreEvent } from '../../shared/contract.ts'
import { createCore, type Core } from './core.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/** A core that ends with the test, and everything that it has told so far. */
export async function testCore(folder: string): Promise<{ core: Core; events: CoreEvent[] }> {
  const core = await createCore({
    shell: 'cli',
    version: '0.0.0',
    resourcesFolder: join(root, 'resources'),
    dataFolder: join(folder, 'data')
  })
  onTestFinished(async () => void (await core.close()))
  const events: CoreEvent[] = []
  core.subscribe((event) => events.push(event))
  return { core, events }
}
