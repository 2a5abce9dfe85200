import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lidoFixtures, schemaFolder } from '../examples.fixture.ts'
import { startLidoValidator } from './validator.ts'

const sound = join(lidoFixtures, 'four-facets-lido-1.1.xml')

test('checks texts and files in order in a process of its own, and passes refusals on', async () => {
  const validator = startLidoValidator(schemaFolder)
  const answers = await Promise.all([
    validator.check('<a>'),
    validator.validate(sound),
    validator.validate(join(lidoFixtures, 'nothing.xml')).catch((error: unknown) => error)
  ])
  expect(answers[0]).toMatchObject([{ code: 'validate.notWellFormed' }])
  expect(answers[1]).toMatchObject({ records: 1, valid: 1 })
  expect(answers[2]).toMatchObject({ code: 'validate.notFound' })
  await validator.close()
  await expect(validator.check('<a/>')).rejects.toMatchObject({ code: 'validate.ended' })
})

test('refuses with a sentence, and ends nothing else, when its process dies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-validator-'))
  try {
    const entry = join(folder, 'dies.mjs')
    await writeFile(entry, `process.on('message', () => { globalThis.full = []; for (;;) full.push(new Array(1e6).fill(full.length)) })`)
    const validator = startLidoValidator(schemaFolder, entry)
    const questions = await Promise.allSettled([validator.check('<a/>'), validator.validate(sound)])
    expect(questions.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : each.status))).toEqual([
      'validate.ended',
      'validate.ended'
    ])
    await validator.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
