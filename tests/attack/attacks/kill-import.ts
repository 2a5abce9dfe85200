import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { between, type Attack, type Ground } from '../lib/attack.ts'
import { smallPictures, unfinishedFiles, withoutModel } from '../lib/material.ts'
import { follow, startProgram } from '../lib/program.ts'

const files = 240

function hashes(folder: string): Set<string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  return new Set(
    names.map((name) =>
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
    )
  )
}

/** Imports a folder and kills the program at counted progress, again and again, until the import is done. Then begins another. */
async function run(ground: Ground, copy: boolean, full: number): Promise<void> {
  const { findings, folder } = ground
  withoutModel(folder)
  const photos = await smallPictures(join(folder, 'photos'), files)
  const trials = ground.trials(full)
  for (let round = 1; findings.trials < trials; round++) {
    let path = ''
    let jobId = 0
    let taken = 0
    let done = false
    while (!done) {
      const program = await startProgram(folder)
      if (path === '') {
        path = (await program.api.catalogue.create({ folder, name: `C${round}` })).path
        jobId = (await program.api.imports.start({ folder: photos, copy, predict: false })).jobId
      } else await program.api.catalogue.open({ path })
      const { counts } = await program.api.imports.report({ jobId, state: null, after: null, limit: 1 })
      if (counts.taken < taken) findings.lost += taken - counts.taken
      const goal = counts.taken + between(ground, 0, 12)
      const job = await follow(program, jobId, (now) => findings.trials < trials && (now.counts['taken'] ?? 0) >= goal)
      findings.acknowledged += Math.max(0, (job.counts['taken'] ?? 0) - taken)
      taken = Math.max(taken, job.counts['taken'] ?? 0)
      done = job.state === 'done'
      if (!done) {
        await program.kill()
        findings.trials++
        ground.progress(`${findings.trials} kills, round ${round}, ${taken} of ${files} files`)
        continue
      }
      const { objects, images } = await program.api.catalogue.statistics()
      if (objects !== files || images !== files) findings.lost += Math.abs(files - images) + Math.abs(files - objects)
      if (copy) findings.lost += files - hashes(join(path, 'originals')).size
      if (!(await program.end())) findings.hangs++
      findings.leftBehind += unfinishedFiles(path).length
    }
  }
}

export const killImport: Attack = {
  name: 'kill-import',
  about: 'kill -9 at counted progress of an import in place, which goes on after each restart until it is done',
  run: (ground) => run(ground, false, 60)
}

export const killCopy: Attack = {
  name: 'kill-copy',
  about: 'the same with copies of the originals; every copy is compared by its hash at the end',
  run: (ground) => run(ground, true, 60)
}
