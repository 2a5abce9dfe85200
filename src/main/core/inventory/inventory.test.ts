import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { LinkOptions } from '../../../shared/model/inventory.ts'
import type { FieldCondition, ObjectOrder } from '../../../shared/model/record.ts'
import type { Job } from '../../../shared/model/job.ts'
import { annotationBench, type AnnotationBench } from '../annotation/annotation.fixture.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { jobEvents } from '../jobs/jobs.fixture.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createLog } from '../log/log.ts'
import { createInventory, type Inventory } from './inventory.ts'

// Threads and jobs take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

interface InventoryBench extends AnnotationBench {
  readonly inventory: Inventory
  readonly file: string
  write(text: string): Promise<void>
  /** Links the file and waits for the end of the job. */
  link(options?: Partial<LinkOptions>): Promise<Job>
  /** The filled fields of an object by name. */
  filled(objectId: number): Promise<Record<string, string>>
}

async function inventoryBench(): Promise<InventoryBench> {
  const bench = await annotationBench()
  const file = join(temporaryFolder(), 'inventari.csv')
  const { catalogue, annotations } = bench
  const inventory = createInventory({
    catalogue,
    author: () => 'Maria Puig',
    publish: (event) => bench.events.push(event),
    changed: () => annotations.tellMany()
  })
  const { publish, ended } = jobEvents()
  const jobs = await createJobs({ catalogue, publish, runners: [inventory.runner], log: createLog({ folder: null }) })
  return {
    ...bench,
    inventory,
    file,
    write: (text) => writeFile(file, text),
    link: async (options = {}) => ended(jobs, await jobs.start('link', 'inventari.csv', { file, number: 'Núm.', ...options })),
    filled: async (objectId) =>
      Object.fromEntries((await annotations.record(objectId)).fields.flatMap(({ name, value }) => (value === '' ? [] : [[name, value]])))
  }
}

const text = 'Núm.;Títol;Mides;Sala\nMUS 1;Gerro;12 cm;2\nmus-02;Plat;;3\n9;Olla;;\n'

it('tells the columns of a file and guesses the one with the number', async () => {
  const { inventory, filler, file, write } = await inventoryBench()
  filler.object('MUS 1')
  filler.object('MUS 2')
  await write(text)
  expect(await inventory.examine(file, null)).toMatchObject({
    rows: 3,
    likelyNumber: 'Núm.',
    columns: [
      { name: 'Núm.', filled: 3, examples: ['MUS 1', 'mus-02', '9'] },
      { name: 'Títol', filled: 3 },
      { name: 'Mides', filled: 1, examples: ['12 cm'] },
      { name: 'Sala', filled: 2 }
    ]
  })
})

it('says first what it would join, then joins it as one action that undo takes back', async () => {
  const { inventory, annotations, filler, file, write, link, filled } = await inventoryBench()
  const one = filler.object('MUS 1').id
  const two = filler.object('MUS 2').id
  const none = filler.object(null, [{ fileName: 'sense.jpg' }]).id
  await write(text)
  const plan = await inventory.plan({ file, number: 'Núm.' })
  expect(plan).toMatchObject({
    rows: 3,
    objects: 3,
    exact: 1,
    byRule: 1,
    byRuleExamples: [{ label: 'MUS 2', number: 'mus-02' }],
    doubtCount: 0,
    unmatchedRows: 1,
    unmatchedRowExamples: ['9'],
    unmatchedObjects: 1,
    unmatchedObjectExamples: ['sense.jpg'],
    difference: { added: 2, removed: 0, changed: 0 }
  })
  expect(await filled(one), 'a plan changes nothing').toEqual({})
  expect(await link()).toMatchObject({ state: 'done', result: { linked: 2, added: 2 } })
  expect(await filled(one)).toEqual({ Títol: 'Gerro', Mides: '12 cm', Sala: '2' })
  expect(await filled(two)).toEqual({ Títol: 'Plat', Sala: '3' })
  expect(await filled(none)).toEqual({})
  expect(await inventory.fields()).toMatchObject([
    { name: 'Núm.', kind: 'linked', shown: false },
    { name: 'Títol', meaning: 'title', shown: true },
    { name: 'Mides', meaning: 'measurements' },
    { name: 'Sala', meaning: 'location' }
  ])
  expect(await inventory.linked()).toMatchObject({ file, number: 'Núm.', rows: 3, linked: 2, author: 'Maria Puig', changed: false })
  expect(await annotations.undo()).toMatchObject({ kept: 0, action: { kind: 'link', field: 'inventari.csv', objects: 2, changes: 2 } })
  expect(await filled(one)).toEqual({})
  expect(await inventory.linked()).toBeNull()
  await annotations.redo()
  expect(await filled(two)).toEqual({ Títol: 'Plat', Sala: '3' })
  expect(await inventory.linked()).toMatchObject({ linked: 2 })
})

it('joins no doubtful pair but those that are decided', async () => {
  const { inventory, filler, file, write, link, filled } = await inventoryBench()
  const one = filler.object('MUS 1').id
  filler.object('MUS-1')
  await write('Núm.;Títol\nmus1;Gerro\nMUS 001;Plat\n')
  const plan = await inventory.plan({ file, number: 'Núm.' })
  expect(plan).toMatchObject({ exact: 0, byRule: 0, doubtCount: 4, difference: { added: 0 } })
  expect(plan.doubts[0]).toEqual({ reason: 'several', objectId: one, label: 'MUS 1', row: 1, number: 'mus1', excerpt: 'Gerro' })
  await link({ joins: [{ objectId: one, row: 2 }] })
  expect(await filled(one)).toEqual({ Títol: 'Plat' })
})

it('shows the difference when the file has changed, and undo brings the old rows back', async () => {
  const { inventory, annotations, filler, file, write, link, filled } = await inventoryBench()
  const one = filler.object('MUS 1').id
  const two = filler.object('MUS 2').id
  await write(text)
  await link()
  await write('Núm.;Títol;Autor\nMUS 1;Gerro blau;Anònim\nMUS 7;Copa;\n')
  expect((await inventory.linked())?.changed).toBe(true)
  expect((await inventory.plan({ file, number: 'Núm.' })).difference).toEqual({
    added: 0,
    removed: 1,
    changed: 1,
    same: 0,
    columns: [
      { column: 'Títol', changed: 1 },
      { column: 'Mides', changed: 1 },
      { column: 'Sala', changed: 1 },
      { column: 'Autor', changed: 1 }
    ],
    newColumns: ['Autor'],
    missingColumns: ['Mides', 'Sala'],
    examples: [
      { objectId: one, label: 'MUS 1', column: 'Títol', before: 'Gerro', after: 'Gerro blau' },
      { objectId: one, label: 'MUS 1', column: 'Mides', before: '12 cm', after: '' },
      { objectId: one, label: 'MUS 1', column: 'Sala', before: '2', after: '' },
      { objectId: one, label: 'MUS 1', column: 'Autor', before: '', after: 'Anònim' }
    ]
  })
  await link()
  expect([await filled(one), await filled(two)]).toEqual([{ Títol: 'Gerro blau', Autor: 'Anònim' }, {}])
  await annotations.undo()
  expect([await filled(one), await filled(two)]).toEqual([
    { Títol: 'Gerro', Mides: '12 cm', Sala: '2' },
    { Títol: 'Plat', Sala: '3' }
  ])
  expect((await inventory.linked())?.changed, 'the first reading is in force again').toBe(true)
})

it('finds objects by the words of their fields', async () => {
  const { annotations, filler, write, link, inventory } = await inventoryBench()
  const one = filler.object('MUS 1').id
  const two = filler.object('MUS 2').id
  await write(text)
  await link()
  const find = async (words: string): Promise<number[]> =>
    (await annotations.ids({ text: words, status: [], flagged: null, suggested: null }, 'number')).ids
  expect(await find('GÈRRO')).toEqual([one])
  const [room] = (await inventory.addField({ kind: 'text', name: 'Estat' })).filter(({ name }) => name === 'Estat')
  await annotations.apply({ kind: 'field', objectId: two, fieldId: room?.id ?? 0, value: 'Restaurat' })
  expect(await find('restaurat plat')).toEqual([two])
  await annotations.undo()
  expect(await find('restaurat')).toEqual([])
})

it('fails with an error sentence, and changes nothing', async () => {
  const { inventory, file, write, link } = await inventoryBench()
  await write(text)
  expect(await link({ number: 'Número' })).toMatchObject({
    state: 'failed',
    error: { code: 'inventory.noColumn', data: { file, column: 'Número', columns: 'Núm., Títol, Mides, Sala' } }
  })
  expect(await inventory.linked()).toBeNull()
  await expect(inventory.plan({ file: `${file}x`, number: 'a' })).rejects.toMatchObject({ code: 'inventory.fileMissing' })
})

it('filters and sorts by fields, those without a value last', async () => {
  const { annotations, filler, write, link, inventory } = await inventoryBench()
  const [one, two, three] = ['1', '2', '3'].map((number) => filler.object(number).id) as [number, number, number]
  await write('Núm.;"Mides ""totals"""\n1;12 cm\n2;Alçada 9 cm\n3;\n')
  await link()
  const [size] = (await inventory.fields()).filter(({ name }) => name.startsWith('Mides'))
  const fieldId = size?.id ?? 0
  const ids = async (fields: FieldCondition[], order: ObjectOrder = 'number'): Promise<number[]> =>
    (await annotations.ids({ text: '', status: [], flagged: null, suggested: null, fields }, order)).ids
  expect(await ids([{ fieldId, is: 'contains', text: 'ALCADA' }])).toEqual([two])
  expect(await ids([{ fieldId, is: 'filled', text: '' }])).toEqual([one, two])
  expect(await ids([{ fieldId, is: 'empty', text: '' }])).toEqual([three])
  expect(
    await ids([
      { fieldId, is: 'filled', text: '' },
      { fieldId, is: 'contains', text: '12' }
    ])
  ).toEqual([one])
  const own = (await inventory.addField({ kind: 'number', name: 'Pes' })).at(-1)?.id ?? 0
  for (const [objectId, value] of [
    [one, '100'],
    [three, '9']
  ] as const)
    await annotations.apply({ kind: 'field', objectId, fieldId: own, value })
  expect(await ids([], `field:${own}`)).toEqual([three, one, two])
  await expect(ids([{ fieldId: 99, is: 'filled', text: '' }])).rejects.toMatchObject({ code: 'field.notFound' })
})
