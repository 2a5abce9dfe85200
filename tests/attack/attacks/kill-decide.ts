import { setTimeout as pause } from 'node:timers/promises'
import { between, type Attack, type Ground } from '../lib/attack.ts'
import { fillCatalogue, knownTerms, unfinishedFiles, withoutModel } from '../lib/material.ts'
import { Died, startProgram, type Program } from '../lib/program.ts'

const objects = 25

/** The last acknowledged decision about each object. */
type Acknowledged = Map<number, { note: string; accepted: string }>

/** Decides until the program dies. Returns the number of acknowledged decisions. */
async function decide(
  program: Program,
  ids: readonly number[],
  terms: readonly string[],
  from: number,
  known: Acknowledged,
  answered: () => void
): Promise<number> {
  let number = from
  try {
    for (; ; number++) {
      const objectId = ids[number % ids.length] ?? 0
      const term = terms[Math.floor(number / ids.length) % terms.length] ?? ''
      await program.api.decisions.apply({ kind: 'note', objectId, note: String(number) })
      const before = known.get(objectId)
      known.set(objectId, { note: String(number), accepted: before?.accepted ?? '' })
      answered()
      await program.api.decisions.apply({ kind: 'term', objectId, term: term as never, state: 'accepted' })
      known.set(objectId, { note: String(number), accepted: term })
    }
  } catch (error) {
    if (!(error instanceof Died)) throw error
    return number
  }
}

/** Counts acknowledged decisions that are missing. Unacknowledged ones may be stored or not. */
async function countLost(program: Program, known: Acknowledged): Promise<number> {
  let lost = 0
  for (const [objectId, { note, accepted }] of known) {
    const record = await program.api.objects.record({ objectId })
    // One decision more than was acknowledged may have been stored before the kill.
    if (Number(record.note) < Number(note)) lost++
    const terms = record.facets.flatMap(({ annotations }) => annotations)
    if (accepted !== '' && !terms.some(({ term, state }) => term.key === accepted && state === 'accepted')) lost++
  }
  return lost
}

export const killDecide: Attack = {
  name: 'kill-decide',
  about: 'kill -9 while notes and terms are decided one after the other; every acknowledged one is looked for after the restart',
  async run(ground: Ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const making = await startProgram(folder)
    const { path } = await making.api.catalogue.create({ folder, name: 'C' })
    const terms: string[] = []
    for (const key of knownTerms('objectTypes', 60)) {
      if ((await making.api.vocabulary.term({ key })).assignable) terms.push(key)
    }
    await making.end()
    const ids = fillCatalogue(path, objects)
    const known: Acknowledged = new Map()
    let next = 1
    for (let trial = 0; trial < ground.trials(150); trial++) {
      const program = await startProgram(folder)
      await program.api.catalogue.open({ path })
      findings.lost += await countLost(program, known)
      let answered = 0
      let enough = (): void => undefined
      const counted = new Promise<void>((resolve) => (enough = resolve))
      const goal = between(ground, 0, 20)
      const deciding = decide(program, ids, terms, next, known, () => ++answered >= goal && enough())
      await counted
      // Somewhere within the next decision.
      await pause(ground.random() * 10)
      await program.kill()
      const reached = await deciding
      findings.acknowledged += 2 * (reached - next)
      next = reached + 1
      findings.trials++
      ground.progress(`${findings.trials} kills, ${findings.acknowledged} decisions`)
    }
    const program = await startProgram(folder)
    await program.api.catalogue.open({ path })
    findings.lost += await countLost(program, known)
    if (!(await program.end())) findings.hangs++
    findings.leftBehind += unfinishedFiles(folder).length
  }
}
