import { setTimeout as pause } from 'node:timers/promises'
import type { Attack } from '../lib/attack.ts'
import { fillCatalogue, knownTerms, withoutModel } from '../lib/material.ts'
import { Died, startProgram } from '../lib/program.ts'

const objects = 1500

export const killRule: Attack = {
  name: 'kill-rule',
  about:
    'kill -9 while a rule accepts suggestions of 1,500 objects; it must be there as one action that is undone as a whole, or not at all',
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const making = await startProgram(folder)
    const { path } = await making.api.catalogue.create({ folder, name: 'C' })
    await making.end()
    fillCatalogue(path, objects, knownTerms('materials', 4))
    const whole = await once(folder, path)
    for (let trial = 0; trial < ground.trials(60); trial++) {
      const program = await startProgram(folder)
      await program.api.catalogue.open({ path })
      const rule = program.api.decisions.acceptRule({ top: 2, reason: 'attack' }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Died) return false
          throw error
        }
      )
      await Promise.race([rule, pause(ground.random() * whole * 1.1)])
      await program.kill()
      const acknowledged = await rule
      findings.trials++
      if (acknowledged) findings.acknowledged++

      const next = await startProgram(folder)
      await next.api.catalogue.open({ path })
      const { accepted } = (await next.api.catalogue.statistics()).facets.materials
      if (acknowledged && accepted !== 2 * objects) findings.lost++
      if (accepted > 0) {
        const { action, kept } = await next.api.history.undo()
        const left = (await next.api.catalogue.statistics()).facets.materials.accepted
        if (action?.kind !== 'rule' || kept !== 0 || left !== 0) findings.lost++
      }
      if (!(await next.end())) findings.hangs++
      ground.progress(`${findings.trials} kills, ${findings.acknowledged} acknowledged`)
    }
  }
}

/** How long the rule takes here, milliseconds. */
async function once(folder: string, path: string): Promise<number> {
  const program = await startProgram(folder)
  await program.api.catalogue.open({ path })
  const started = performance.now()
  await program.api.decisions.acceptRule({ top: 2, reason: 'attack' })
  const whole = performance.now() - started
  await program.api.history.undo()
  await program.end()
  return whole
}
