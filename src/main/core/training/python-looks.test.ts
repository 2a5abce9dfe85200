import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { Cancelled } from '../../../shared/errors.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { createPythonLooks, type PythonLooks } from './python-looks.ts'
import { requirementLists, trainerFolder, type TrainerFolder, type UsablePython } from './python.ts'

const never = new AbortController().signal

let trainer: TrainerFolder
let file: string
let looks: PythonLooks
/** What each look under way was given, and how it is answered. */
let begun: { signal: AbortSignal; answer: () => void }[]

const found = (): UsablePython => ({
  versions: { python: '3.13.0', torch: '2.0', trainer: '1' },
  device: { kind: 'cpu', name: 'CPU', memory: null },
  files: [file]
})

beforeEach(() => {
  trainer = trainerFolder(join(temporaryFolder(), 'trainer'))
  mkdirSync(trainer.folder, { recursive: true })
  for (const name of requirementLists) writeFileSync(join(trainer.folder, name), 'torch\n')
  file = join(trainer.folder, 'python')
  writeFileSync(file, '')
  begun = []
  looks = createPythonLooks(
    trainer,
    (_python, _trainer, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Cancelled()))
        begun.push({ signal, answer: () => resolve(found()) })
      })
  )
})

async function looked(count: number): Promise<void> {
  await vi.waitUntil(() => begun.length === count)
  begun[count - 1]?.answer()
}

it('looks once for all who ask, and again only after a change', async () => {
  const together = Promise.all([looks.check('python', never), looks.check('python', never)])
  await looked(1)
  expect(await together).toEqual([found(), found()])
  expect(await looks.check('python', never)).toEqual(found())
  expect(begun).toHaveLength(1)

  appendFileSync(file, 'changed')
  const changed = looks.check('python', never)
  await looked(2)
  await changed
  appendFileSync(join(trainer.folder, requirementLists[0]), 'more\n')
  const more = looks.check('python', never)
  await looked(3)
  await more
  await looks.check('python', never)
  expect(begun).toHaveLength(3)
})

it('lets one who asked go while others wait, and ends a look for which nobody waits', async () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const one = looks.check('python', first.signal)
  const other = looks.check('python', second.signal)
  await vi.waitUntil(() => begun.length === 1)
  first.abort()
  await expect(one).rejects.toBeInstanceOf(Cancelled)
  expect(begun[0]?.signal.aborted).toBe(false)
  second.abort()
  await expect(other).rejects.toBeInstanceOf(Cancelled)
  expect(begun[0]?.signal.aborted).toBe(true)

  const again = looks.check('python', never)
  await looked(2)
  expect(await again).toEqual(found())
})

it('ends every look when it is closed', async () => {
  const waiting = looks.check('python', never)
  await vi.waitUntil(() => begun.length === 1)
  looks.close()
  await expect(waiting).rejects.toBeInstanceOf(Cancelled)
})
