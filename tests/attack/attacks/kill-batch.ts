import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Attack } from '../lib/attack.ts'
import { photographs, unfinishedFiles } from '../lib/material.ts'
import { runCommand, toldABug } from '../lib/program.ts'

export const killBatch: Attack = {
  name: 'kill-batch',
  about: 'kill -9 in the first second and a half of `batch`; run again it must do the whole job',
  async run(ground) {
    const { findings, folder } = ground
    const photos = photographs(join(folder, 'photos'), 3)
    for (let trial = 0; trial < ground.trials(20); trial++) {
      const out = join(folder, 'out')
      rmSync(out, { recursive: true, force: true })
      await runCommand(folder, ['batch', photos, '--out', out], { killAfter: ground.random() * 1500 })
      findings.trials++
      const again = await runCommand(folder, ['batch', photos, '--out', out])
      if (again.hung || again.afterLastLine > 10_000) findings.hangs++
      if (toldABug(again)) findings.endings++
      if (again.code === 0) findings.acknowledged++
      else findings.lost++
      const expected = ['photos.csv', 'photos.fitxa', 'photos.lido.xml']
      if (readdirSync(out).sort().join() !== expected.join()) findings.leftBehind++
      findings.leftBehind += unfinishedFiles(out).length
      ground.progress(`${findings.trials} kills`)
    }
  }
}
