import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openFile } from '../../../src/main/core/catalogue/connection.ts'
import { cataloguePaths } from '../../../src/main/core/catalogue/folder.ts'
import type { Attack, Ground } from '../lib/attack.ts'
import { fillCatalogue, knownTerms, withoutModel } from '../lib/material.ts'
import { runCommand, startProgram, Told, toldABug } from '../lib/program.ts'

/** Damages the file of a closed database. */
type Damage = (database: string, ground: Ground) => void

function overwrite(database: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(database)
  change(bytes)
  writeFileSync(database, bytes)
}

/** Fills the first page of a table or index with a value. */
const page =
  (name: string, value: number): Damage =>
  (database) => {
    const connection = openFile(database, { readonly: true })
    const root = connection.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) as number
    const size = connection.pragma('page_size', { simple: true }) as number
    connection.close()
    overwrite(database, (bytes) => bytes.fill(value, (root - 1) * size, root * size))
  }

const damages: Record<string, Damage> = {
  ...Object.fromEntries(
    ['object', 'image', 'location', 'run', 'prediction', 'annotation', 'facet_state', 'action', 'event', 'job', 'property', 'term'].map(
      (name) => [`page of ${name} zeroed`, page(name, 0)]
    )
  ),
  'page of object filled with ones': page('object', 0xff),
  'page of an index zeroed': page('object_by_number', 0),
  'page of the schema zeroed': (database) => overwrite(database, (bytes) => bytes.fill(0, 100, 4096)),
  'header overwritten': (database) => overwrite(database, (bytes) => bytes.fill(0x41, 0, 100)),
  'cut to nothing': (database) => truncateSync(database, 0),
  'cut to one byte': (database) => truncateSync(database, 1),
  'cut in its first page': (database) => truncateSync(database, 2000),
  'cut in the middle': (database) => truncateSync(database, Math.floor(readFileSync(database).length / 2)),
  'one page lacks at its end': (database) => truncateSync(database, readFileSync(database).length - 4096),
  'random bytes': (database, ground) =>
    overwrite(database, (bytes) => {
      for (let index = 0; index < 200; index++)
        bytes[4096 + Math.floor(ground.random() * (bytes.length - 4096))] = Math.floor(ground.random() * 256)
    }),
  'a log of garbage beside it': (database, ground) =>
    writeFileSync(`${database}-wal`, Buffer.from(Array.from({ length: 40_000 }, () => Math.floor(ground.random() * 256)))),
  'a database of somebody else': (database) => {
    rmSync(database)
    const foreign = openFile(database, { readonly: false })
    foreign.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)')
    foreign.close()
  }
}

/** Every command on a damaged catalogue ends with an error sentence, in time. */
async function commands(ground: Ground, name: string, path: string): Promise<void> {
  const { findings, folder } = ground
  const out = join(folder, 'out.csv')
  for (const args of [
    ['stats', '--catalogue', path],
    ['export', '--catalogue', path, '--format', 'csv', '--what', 'suggested', '--out', out],
    ['accept', '--catalogue', path, '--top', '1', '--reason', 'attack']
  ]) {
    const ended = await runCommand(folder, args, { limit: 60_000 })
    if (ended.hung || ended.afterLastLine > 10_000) {
      findings.hangs++
      findings.notes.push(`${name}: ${args[0]} hung`)
    }
    if (toldABug(ended) || (ended.code !== 0 && ended.err.trim() === '')) {
      findings.endings++
      findings.notes.push(`${name}: ${args[0]}: ${ended.err.trim().split('\n').at(-1)}`)
    }
    rmSync(out, { force: true })
  }
}

/** In the window: a good catalogue stays usable, whatever happens to the damaged one. */
async function inTheWindow(ground: Ground, name: string, path: string, good: string, objectId: number, trial: number): Promise<void> {
  const { findings, folder } = ground
  const program = await startProgram(folder)
  await program.api.catalogue.open({ path: good })
  const opened = await program.api.catalogue.open({ path }).then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof Told) || error.code === 'bug') {
        findings.endings++
        findings.notes.push(`${name}: open: ${String(error)}`)
      }
      return false
    }
  )
  const current = await program.api.catalogue.current().catch(() => null)
  if (!opened && current?.path !== good) findings.lost++
  await program.api.catalogue.open({ path: good })
  const note = `trial ${trial}`
  await program.api.decisions.apply({ kind: 'note', objectId, note })
  findings.acknowledged++
  if ((await program.api.objects.record({ objectId })).note !== note) findings.lost++
  if (!(await program.end())) findings.hangs++
}

export const damaged: Attack = {
  name: 'damaged',
  about:
    'catalogues with a damaged, cut, emptied or foreign database: every command ends in words, and a good catalogue stays usable beside them',
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const making = await startProgram(folder)
    const { path: good } = await making.api.catalogue.create({ folder, name: 'good' })
    const { path: whole } = await making.api.catalogue.create({ folder, name: 'whole' })
    await making.end()
    const [objectId = 0] = fillCatalogue(good, 1)
    fillCatalogue(whole, 300, knownTerms('materials', 3))
    await runCommand(folder, ['accept', '--catalogue', whole, '--top', '1', '--reason', 'before'])
    const all = Object.entries(damages)
    for (const [name, damage] of all.slice(0, ground.trials(all.length))) {
      const path = join(folder, 'C.fitxa')
      rmSync(path, { recursive: true, force: true })
      cpSync(whole, path, { recursive: true })
      damage(cataloguePaths(path).database, ground)
      await inTheWindow(ground, name, path, good, objectId, findings.trials)
      await commands(ground, name, path)
      findings.trials++
      ground.progress(`${findings.trials} of ${all.length}: ${name}`)
    }
  }
}
