import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { createLog } from '../log/log.ts'
import { createCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { createJobStore, type JobStore } from './job-store.ts'

/** A store whose catalogue lets `meanwhile` happen between reading the jobs and the arrival of the answer, once. */
async function storeWith(meanwhile: (store: JobStore) => Promise<unknown>): Promise<JobStore> {
  const catalogue = await createCatalogue(temporaryFolder(), 'jobs')
  onTestFinished(() => catalogue.close())
  let waiting = true
  const late = async (name: string, input: unknown): Promise<unknown> => {
    const read = catalogue.read as (name: string, input: unknown) => Promise<unknown>
    const answer = await read(name, input)
    if (waiting) {
      waiting = false
      await meanwhile(store)
    }
    return answer
  }
  const store = createJobStore({ ...catalogue, read: late as Catalogue['read'] }, createLog({ folder: null }))
  return store
}

const running = { kind: 'import', title: 'A', options: null } as const

it('never calls a job interrupted that ended while the list was read', async () => {
  const store = await storeWith(async () => store.end({ ...job, state: 'done' }))
  const job = await store.create(running)
  await store.save({ ...job, state: 'running' })
  expect((await store.list()).map(({ state }) => state)).toEqual(['done'])
})

it('calls a job interrupted that the file says runs, and nobody works on', async () => {
  const store = await storeWith(async () => undefined)
  const job = await store.create(running)
  await store.end({ ...job, state: 'running' })
  expect((await store.list()).map(({ state }) => state)).toEqual(['interrupted'])
  expect((await store.find(job.id)).state).toBe('interrupted')
})
