import { expect, it } from 'vitest'
import { annotationBench } from './annotation.fixture.ts'

it('a field is filled in by a person, who and when, and taken back by undo', async () => {
  const { catalogue, annotations, filler, as } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const [room] = await catalogue.write('addField', { kind: 'choice', name: 'Estat', choices: ['Bo', 'Regular'] })
  const fieldId = room?.id ?? 0
  const empty = { fieldId, name: 'Estat', kind: 'choice', meaning: 'other', choices: ['Bo', 'Regular'], value: '', author: null, at: null }
  expect((await annotations.record(id)).fields).toEqual([empty])
  const { record, undo } = await annotations.apply({ kind: 'field', objectId: id, fieldId, value: 'Bo' })
  expect(record.fields).toEqual([{ ...empty, value: 'Bo', author: 'Maria Puig', at: expect.any(String) }])
  expect(undo.undo).toMatchObject({ kind: 'field', field: 'Estat', objectId: id })
  await expect(annotations.apply({ kind: 'field', objectId: id, fieldId, value: 'Dolent' })).rejects.toMatchObject({
    code: 'field.notAChoice'
  })
  await expect(annotations.apply({ kind: 'field', objectId: id, fieldId: 99, value: '' })).rejects.toMatchObject({ code: 'field.notFound' })
  as('Joan Vila')
  await annotations.apply({ kind: 'field', objectId: id, fieldId, value: 'Regular' })
  as('Maria Puig')
  expect(await annotations.undo(), 'somebody has changed it since').toMatchObject({ kept: 1 })
  as('Joan Vila')
  await annotations.undo()
  expect((await annotations.record(id)).fields).toMatchObject([{ value: 'Bo', author: 'Maria Puig' }])
})

it('fields have names of their own, an order, and hide without losing what they hold', async () => {
  const { catalogue, annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const [room] = await catalogue.write('addField', { kind: 'text', name: 'Sala' })
  const list = await catalogue.write('addField', { kind: 'number', name: 'Pes', meaning: 'measurements' })
  const [roomId, weightId] = list.map((field) => field.id)
  await expect(catalogue.write('addField', { kind: 'date', name: 'sala' })).rejects.toMatchObject({ code: 'field.exists' })
  expect((await catalogue.write('orderFields', [weightId ?? 0])).map(({ name }) => name)).toEqual(['Pes', 'Sala'])
  await annotations.apply({ kind: 'field', objectId: id, fieldId: roomId ?? 0, value: '3' })
  await catalogue.write('changeField', { id: room?.id ?? 0, shown: false })
  expect((await annotations.record(id)).fields.map(({ name }) => name)).toEqual(['Pes'])
  await catalogue.write('changeField', { id: room?.id ?? 0, shown: true, name: 'Sala d’exposició' })
  expect((await annotations.record(id)).fields.map(({ name, value }) => [name, value])).toEqual([
    ['Pes', ''],
    ['Sala d’exposició', '3']
  ])
})
