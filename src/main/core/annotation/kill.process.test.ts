import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { createCatalogue, openCatalogue } from '../operations/catalogue.ts'

const rounds = 4

it('loses at most the decision that was not answered yet when the program is killed', async () => {
  const folder = temporaryFolder()
  const catalogue = await createCatalogue(folder, 'killed')
  const filler = fill(catalogue.folder)
  const { id: objectId } = filler.object('MUS 1')
  filler.close()
  await catalogue.close()
  const program = join(folder, 'decide.mjs')
  writeFileSync(
    program,
    `import { openCatalogue } from '${new URL('../operations/catalogue.ts', import.meta.url).href}'
     const [, , folder, first] = process.argv
     const catalogue = await openCatalogue(folder)
     for (let number = Number(first); ; number++) {
       const decision = { kind: 'note', objectId: ${objectId}, note: String(number) }
       await catalogue.write('applyDecision', { decision, terms: [], author: 'MP', at: new Date().toISOString() })
       process.stdout.write(number + '\\n')
     }`
  )
  let answered = 0
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [program, catalogue.folder, String(answered + 1)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => (answered = Number(line)))
    await once(lines, 'line')
    await wait(Math.random() * 120)
    child.kill('SIGKILL')
    await once(child, 'close')

    const after = await openCatalogue(catalogue.folder)
    const record = await after.read('storedRecord', objectId)
    const stored = Number(record?.note)
    const [last] = await after.read('actions', { objectId, author: null, kinds: [], before: null, limit: 1 })
    await after.close()
    expect(stored - answered).toBeGreaterThanOrEqual(0)
    expect(stored - answered).toBeLessThanOrEqual(1)
    expect(last).toMatchObject({ kind: 'note', changes: 1 })
    answered = stored
  }
  const { connection, close } = fill(catalogue.folder)
  const events = connection.prepare('SELECT after FROM event ORDER BY id').all() as { after: string }[]
  close()
  expect(events.map(({ after }) => JSON.parse(after) as string)).toEqual(Array.from({ length: answered }, (_, index) => String(index + 1)))
})
