import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { createLog, logBug, logFileName } from './log.ts'

/** The lines of the log, once there are `count` of them. */
async function lines(folder: string, count: number): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const written = readFileSync(join(folder, logFileName), 'utf8').trim().split('\n')
    expect(written.length).toBe(count)
    return written.map((line) => JSON.parse(line) as Record<string, unknown>)
  })
}

it('writes JSON Lines with time and level', async () => {
  const folder = temporaryFolder()
  const log = createLog({ folder })
  log.info({ objects: 3 }, 'opened')
  log.debug('not asked for')
  const [line] = await lines(folder, 1)
  expect(line).toMatchObject({ level: 30, objects: 3, msg: 'opened', pid: process.pid })
  expect(Date.parse(String(line?.['time']))).not.toBeNaN()
})

it('keeps a bug with its stack under the code that the person is told', async () => {
  const folder = temporaryFolder()
  const trace = logBug(createLog({ folder }), new TypeError('x is undefined'), 'export')
  expect(trace).toMatch(/^[0-9a-f]{8}$/)
  const [line] = await lines(folder, 1)
  expect(line).toMatchObject({
    trace,
    where: 'export',
    err: { type: 'TypeError', stack: expect.stringContaining('log.test.ts') as string }
  })
})

it('continues in a new file when one has grown large', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, logFileName), 'x'.repeat(6 * 1024 * 1024))
  const log = createLog({ folder })
  await vi.waitFor(() => {
    log.info('next')
    expect(readdirSync(folder).sort()).toEqual(['fitxa.1.log', logFileName])
  })
})

it('has no effect on the program if the log cannot be written', () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  const onFailure = vi.fn()
  const log = createLog({ folder: file, onFailure })
  log.info('goes nowhere')
  expect(onFailure).toHaveBeenCalledOnce()
})
