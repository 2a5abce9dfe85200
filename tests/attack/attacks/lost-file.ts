import { copyFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cataloguePaths } from '../../../src/main/core/catalogue/folder.ts'
import { between, type Attack } from '../lib/attack.ts'
import { fillCatalogue, withoutModel } from '../lib/material.ts'
import { startProgram, Told } from '../lib/program.ts'

/** Ways in which the file of an open catalogue is lost. */
const losses: Record<string, (path: string) => void> = {
  'file deleted': (path) => rmSync(cataloguePaths(path).database),
  'folder deleted': (path) => rmSync(path, { recursive: true }),
  'folder moved': (path) => renameSync(path, `${path}.moved`),
  'file replaced': (path) => {
    const { database } = cataloguePaths(path)
    copyFileSync(database, `${database}.new`)
    renameSync(`${database}.new`, database)
  }
}

export const lostFile: Attack = {
  name: 'lost-file',
  about:
    'the file or folder of an open catalogue is deleted, moved or replaced; no decision after it may be acknowledged, and a copy saved elsewhere holds all before it',
  unable: () => (process.platform === 'win32' ? 'Windows keeps open files where they are' : null),
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const kinds = Object.keys(losses)
    for (let trial = 0; trial < ground.trials(24); trial++) {
      const making = await startProgram(folder)
      const { path } = await making.api.catalogue.create({ folder, name: `C${trial}` })
      await making.end()
      const [objectId = 0] = fillCatalogue(path, 1)
      const program = await startProgram(folder)
      await program.api.catalogue.open({ path })
      const before = between(ground, 1, 40)
      for (let number = 1; number <= before; number++) {
        await program.api.decisions.apply({ kind: 'note', objectId, note: String(number) })
        findings.acknowledged++
      }
      losses[kinds[trial % kinds.length] ?? '']?.(path)
      for (let attempt = 0; attempt < 60; attempt++) {
        const answer = await program.api.decisions.apply({ kind: 'note', objectId, note: 'afterwards' }).catch((error: unknown) => error)
        if (!(answer instanceof Told)) findings.lost++
        else if (!['catalogue.gone', 'catalogue.replaced'].includes(answer.code)) findings.endings++
      }
      const saved = await program.api.catalogue.saveElsewhere({ folder: join(folder, `elsewhere-${trial}`) })
      const { note } = await program.api.objects.record({ objectId })
      if (saved.problem !== null || (Number(note) !== before && note !== 'afterwards')) findings.lost++
      if (!(await program.end())) findings.hangs++
      findings.trials++
      ground.progress(`${findings.trials} files lost`)
    }
  }
}
