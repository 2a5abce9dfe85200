import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { createCore, type Core } from '../../src/main/core/core.ts'
import type { contract } from '../../src/shared/contract.ts'
import type { Job } from '../../src/shared/model/job.ts'
import { makePictures } from './pictures.ts'

export type Client = ContractRouterClient<typeof contract>

/** A core in a place of its own, served over real HTTP, and the client that a page would have. */
export interface ServedCore {
  readonly core: Core
  readonly client: Client
  readonly url: string
  readonly folder: string
  /** Methods that were called, as `area/method`. */
  readonly called: Set<string>
  /** Waits for a job's end. */
  ended(jobId: number): Promise<Job>
  close(): Promise<void>
}

const ownResources = join(import.meta.dirname, '..', '..', 'resources')
const ownTrainer = join(import.meta.dirname, '..', '..', 'trainer')
const standInTrainer = join(import.meta.dirname, '..', 'fixtures', 'training', 'trainer')

/** The program's own resources with another, smaller sample collection. */
async function resourcesWithSample(folder: string): Promise<string> {
  const resources = join(folder, 'resources')
  await mkdir(resources)
  for (const part of ['vocabulary', 'models', 'schemas', 'fonts'])
    await symlink(join(ownResources, part), join(resources, part), 'junction')
  await makePictures(join(resources, 'sample', 'images'), ['sample_1.jpg', 'sample_2.jpg'])
  return resources
}

/** A fake trainer, since the real one needs its Python environment, with the program that is sent to other machines. */
async function trainerWithMachine(folder: string): Promise<string> {
  const trainer = join(folder, 'trainer')
  const machine = join('src', 'fitxa_trainer', 'machine')
  await cp(standInTrainer, trainer, { recursive: true })
  await cp(join(ownTrainer, machine), join(trainer, machine), { recursive: true })
  return trainer
}

export async function serveCore(): Promise<ServedCore> {
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-contract-'))
  const resourcesFolder = await resourcesWithSample(folder)
  const trainerFolder = await trainerWithMachine(folder)
  const core = await createCore({ shell: 'browser', version: '0.0.0', resourcesFolder, trainerFolder, dataFolder: join(folder, 'data') })
  const server = createServer((request, response) => void core.handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const called = new Set<string>()
  const link = new RPCLink({
    url: `${url}/rpc`,
    fetch: (request, init) => {
      called.add(new URL(request.url).pathname.slice('/rpc/'.length))
      return fetch(request, init)
    }
  })
  const client: Client = createORPCClient(link)
  return {
    core,
    client,
    url,
    folder,
    called,
    async ended(jobId) {
      for (;;) {
        const job = (await client.jobs.list()).find(({ id }) => id === jobId)
        if (job !== undefined && !['waiting', 'running'].includes(job.state)) return job
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async close() {
      await core.close()
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
