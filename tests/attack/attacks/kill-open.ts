import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openFile } from '../../../src/main/core/catalogue/connection.ts'
import { cataloguePaths } from '../../../src/main/core/catalogue/folder.ts'
import { migrations } from '../../../src/main/core/catalogue/migrations/index.ts'
import { openNewDatabase } from '../../../src/main/core/catalogue/writer.ts'
import type { Attack } from '../lib/attack.ts'
import { fillCatalogue, unfinishedFiles, withoutModel } from '../lib/material.ts'
import { startProgram } from '../lib/program.ts'

const objects = 400

export const killOpen: Attack = {
  name: 'kill-open',
  about:
    'kill -9 while a catalogue of the first schema is opened, that is checked, backed up and migrated; then it must open with all it held',
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const old = join(folder, 'old.fitxa')
    mkdirSync(old)
    openNewDatabase(old, migrations.slice(0, 1)).close()
    fillCatalogue(old, objects)
    const path = join(folder, 'C.fitxa')
    // Adapts to the machine: if an opening was not done in time, the next one gets more time.
    let longest = 500
    for (let trial = 0; trial < ground.trials(55); trial++) {
      rmSync(path, { recursive: true, force: true })
      cpSync(old, path, { recursive: true })
      const program = await startProgram(folder)
      const started = performance.now()
      const opening = program.api.catalogue.open({ path }).then(
        () => true,
        () => false
      )
      await Promise.race([opening, pause(ground.random() * longest)])
      await program.kill()
      if (await opening) {
        findings.acknowledged++
        longest = 1.1 * (performance.now() - started)
      } else longest *= 1.1
      findings.trials++
      const next = await startProgram(folder)
      if ((await next.api.catalogue.open({ path })).objects !== objects) findings.lost++
      if (!(await next.end())) findings.hangs++
      const connection = openFile(cataloguePaths(path).database, { readonly: true })
      if (connection.pragma('integrity_check', { simple: true }) !== 'ok') findings.lost++
      connection.close()
      findings.leftBehind += unfinishedFiles(folder).length
      ground.progress(`${findings.trials} kills`)
    }
  }
}
