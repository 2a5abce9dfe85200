import { join } from 'node:path'
import { between, type Attack } from '../lib/attack.ts'
import { openWriter } from '../../../src/main/core/catalogue/connection.ts'
import { cataloguePaths } from '../../../src/main/core/catalogue/folder.ts'
import { photographs, unfinishedFiles } from '../lib/material.ts'
import { follow, startProgram } from '../lib/program.ts'

const files = 120

export const killPredict: Attack = {
  name: 'kill-predict',
  about: 'kill -9 while the shipped model suggests terms; what was counted must be stored, and no run without pictures may remain',
  async run(ground) {
    const { findings, folder } = ground
    const photos = photographs(join(folder, 'photos'), files)
    const trials = ground.trials(25)
    for (let round = 1; findings.trials < trials; round++) {
      const making = await startProgram(folder)
      const { path } = await making.api.catalogue.create({ folder, name: `C${round}` })
      await follow(making, (await making.api.imports.start({ folder: photos, predict: false })).jobId)
      const { jobId } = await making.api.predictions.start({ scope: 'missing' })
      await making.kill()
      findings.trials++
      let suggested = 0
      let done = false
      while (!done) {
        const program = await startProgram(folder)
        await program.api.catalogue.open({ path })
        const before = (await program.api.catalogue.statistics()).suggested
        if (before < suggested) findings.lost += suggested - before
        await program.api.jobs.resume({ jobId })
        const goal = before + between(ground, 0, 8)
        const job = await follow(program, jobId, (now) => findings.trials < trials && (now.counts['predicted'] ?? 0) >= goal)
        const after = (await program.api.catalogue.statistics()).suggested
        findings.acknowledged += Math.max(0, after - suggested)
        suggested = Math.max(suggested, after)
        done = job.state === 'done'
        if (!done) {
          await program.kill()
          findings.trials++
          ground.progress(`${findings.trials} kills, round ${round}, ${suggested} of ${files} pictures`)
          continue
        }
        if (suggested !== files) findings.lost += files - suggested
        if (!(await program.end())) findings.hangs++
        const connection = openWriter(cataloguePaths(path).database)
        findings.leftBehind += connection.prepare('SELECT count(*) FROM run WHERE images = 0').pluck().get() as number
        connection.close()
        findings.leftBehind += unfinishedFiles(path).length
      }
    }
  }
}
