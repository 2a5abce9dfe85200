import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Attack } from '../lib/attack.ts'
import { fillCatalogue, unfinishedFiles, withoutModel } from '../lib/material.ts'
import { follow, startProgram } from '../lib/program.ts'

const objects = 3000

export const killExport: Attack = {
  name: 'kill-export',
  about: 'kill -9 while 3,000 objects are exported; a file is whole or not there, and nothing unfinished stays after the next opening',
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const making = await startProgram(folder)
    const { path } = await making.api.catalogue.create({ folder, name: 'C' })
    await making.end()
    fillCatalogue(path, objects)
    const whole = await once(folder, path)
    for (let trial = 0; trial < ground.trials(60); trial++) {
      const program = await startProgram(folder)
      await program.api.catalogue.open({ path })
      findings.leftBehind += unfinishedFiles(folder).length
      const file = join(folder, `out-${trial}.csv`)
      const { jobId } = await program.api.exports.start({ format: 'csv', what: 'suggested', file })
      await pause(ground.random() * whole * 1.1)
      const job = (await program.api.jobs.list()).find(({ id }) => id === jobId)
      await program.kill()
      findings.trials++
      const acknowledged = job?.state === 'done'
      if (acknowledged) findings.acknowledged++
      // A head, a line for each object, and the end of the last line.
      const isWhole = existsSync(file) && readFileSync(file, 'utf8').split('\r\n').length === objects + 2
      if ((existsSync(file) || acknowledged) && !isWhole) findings.lost++
      ground.progress(`${findings.trials} kills, ${findings.acknowledged} files acknowledged`)
    }
    const program = await startProgram(folder)
    await program.api.catalogue.open({ path })
    const { jobId } = await program.api.exports.start({ format: 'csv', what: 'suggested', file: join(folder, 'last.csv') })
    if ((await follow(program, jobId)).state !== 'done') findings.lost++
    if (!(await program.end())) findings.hangs++
    findings.leftBehind += unfinishedFiles(folder).length + readdirSync(folder).filter((name) => name.includes('.partial')).length
  }
}

/** How long the export takes here, milliseconds. */
async function once(folder: string, path: string): Promise<number> {
  const program = await startProgram(folder)
  await program.api.catalogue.open({ path })
  const started = performance.now()
  const { jobId } = await program.api.exports.start({ format: 'csv', what: 'suggested', file: join(folder, 'first.csv') })
  await follow(program, jobId)
  await program.end()
  return performance.now() - started
}
