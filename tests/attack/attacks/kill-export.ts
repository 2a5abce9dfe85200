import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExportFormat } from '../../../src/shared/model/exchange.ts'
import type { Attack, Ground } from '../lib/attack.ts'
import { fillCatalogue, knownTerms, unfinishedFiles, withoutModel } from '../lib/material.ts'
import { follow, startProgram, type Program } from '../lib/program.ts'

const objects = 2000

const formats: readonly ExportFormat[] = ['csv', 'lido', 'csv-long', 'eufcc']

/** The whole file of a format, and how long it took here, milliseconds. */
interface Whole {
  readonly content: Buffer
  readonly duration: number
}

export const killExport: Attack = {
  name: 'kill-export',
  about:
    'kill -9 while 2,000 objects are exported as CSV, long CSV, LIDO or for EUFCC; a file is whole to the last byte or not there, and nothing unfinished stays after the next opening',
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const making = await startProgram(folder)
    const { path } = await making.api.catalogue.create({ folder, name: 'C' })
    await making.end()
    fillCatalogue(path, objects, knownTerms('materials', 3))
    const wholes = await exportAll(ground, path)
    for (let trial = 0; trial < ground.trials(50); trial++) {
      const format = formats[trial % formats.length] ?? 'csv'
      const program = await startProgram(folder)
      await program.api.catalogue.open({ path })
      findings.leftBehind += unfinishedFiles(folder).length
      const file = join(folder, `out-${trial}`)
      const { jobId } = await program.api.exports.start({ format, what: 'suggested', file })
      const whole = wholes.get(format)
      await pause(ground.random() * 1.1 * (whole?.duration ?? 0))
      const job = (await program.api.jobs.list()).find(({ id }) => id === jobId)
      await program.kill()
      findings.trials++
      const acknowledged = job?.state === 'done'
      if (acknowledged) findings.acknowledged++
      const isWhole = existsSync(file) && whole?.content.equals(readFileSync(file)) === true
      if ((existsSync(file) || acknowledged) && !isWhole) findings.lost++
      rmSync(file, { force: true })
      ground.progress(`${findings.trials} kills, ${findings.acknowledged} files acknowledged`)
    }
    await exportAll(ground, path)
    findings.leftBehind += unfinishedFiles(folder).length + readdirSync(folder).filter((name) => name.includes('.partial')).length
  }
}

/** Exports in every format without a disturbance. */
async function exportAll({ findings, folder }: Ground, path: string): Promise<Map<ExportFormat, Whole>> {
  const program = await startProgram(folder)
  await program.api.catalogue.open({ path })
  const wholes = new Map<ExportFormat, Whole>()
  for (const format of formats) {
    const started = performance.now()
    const file = join(folder, 'whole')
    if (await exportsTo(program, format, file)) {
      wholes.set(format, { content: readFileSync(file), duration: performance.now() - started })
    } else {
      findings.lost++
      findings.notes.push(`${format}: not exported without a disturbance`)
    }
    rmSync(file, { force: true })
  }
  if (!(await program.end())) findings.hangs++
  return wholes
}

async function exportsTo(program: Program, format: ExportFormat, file: string): Promise<boolean> {
  const { jobId } = await program.api.exports.start({ format, what: 'suggested', file })
  return (await follow(program, jobId)).state === 'done'
}
