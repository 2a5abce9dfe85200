import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hostileBundles, type HostileBundle } from '../../fixtures/inference/hostile-bundles.ts'
import type { Attack, Ground } from '../lib/attack.ts'
import { fillCatalogue } from '../lib/material.ts'
import { runCommand, startProgram, Told, toldABug } from '../lib/program.ts'

/** No activation may take longer, milliseconds: the test has 60 s for the network, the rest is for starting and reading. */
const longest = 120_000

export const bundles: Attack = {
  name: 'bundles',
  about:
    'model bundles that would hang, fill, crash or fool the program lie beside the shipped one: each is a line with its reason, none can be activated, the shipped one still works, and decisions go on meanwhile',
  async run(ground) {
    const { findings, folder } = ground
    const making = await startProgram(folder)
    const { path } = await making.api.catalogue.create({ folder, name: 'C' })
    await making.end()
    const [objectId = 0] = fillCatalogue(path, 1)
    const chosen = spread(hostileBundles, ground.trials(hostileBundles.length))
    for (const bundle of chosen) {
      const models = join(folder, 'data', 'models')
      rmSync(models, { recursive: true, force: true })
      bundle.make(join(models, 'hostile'))
      await inTheWindow(ground, bundle, path, objectId)
      const listed = await runCommand(folder, ['models'])
      if (listed.hung || listed.afterLastLine > 10_000) finding(ground, 'hangs', bundle, 'models hung')
      if (listed.code !== 0 || toldABug(listed)) finding(ground, 'endings', bundle, `models: ${listed.err.trim()}`)
      findings.trials++
      ground.progress(`${findings.trials} of ${chosen.length}: ${bundle.name}`)
    }
    if (!existsSync(path)) findings.lost++
  }
}

/** `count` of the entries, from the whole length of the list. */
function spread<T>(all: readonly T[], count: number): T[] {
  return all.filter((_, index) => Math.floor(((index + 1) * count) / all.length) > Math.floor((index * count) / all.length))
}

function finding({ findings }: Ground, kind: 'lost' | 'hangs' | 'endings', { name }: HostileBundle, what: string): void {
  findings[kind]++
  findings.notes.push(`${name}: ${what}`)
}

/** The error by which a call is refused, null if it is not. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => null,
    (error: unknown) => error
  )
}

/** Lists the bundle, tries to activate it while a note is written, and sees whether the shipped one is still in use. */
async function inTheWindow(ground: Ground, bundle: HostileBundle, path: string, objectId: number): Promise<void> {
  const { findings, folder } = ground
  const program = await startProgram(folder)
  const { api } = program
  await api.catalogue.open({ path })
  const lineOf = async (): Promise<{ id: string; version: string; problem: string | null } | undefined> =>
    (await api.models.list()).find(({ source }) => source === 'trained')
  const line = await lineOf()
  if (bundle.by === 'list' && line?.problem !== bundle.refused) finding(ground, 'endings', bundle, `listed as ${line?.problem}`)
  const begun = performance.now()
  // A bundle without a readable manifest has no version, and so no name by which it could be activated.
  const named = line !== undefined && line.version !== '' ? line : null
  const activation = named === null ? null : refusalOf(api.models.activate({ id: named.id, version: named.version }))
  await api.decisions.apply({ kind: 'note', objectId, note: bundle.name })
  findings.acknowledged++
  const error = await activation
  if (performance.now() - begun > longest) finding(ground, 'hangs', bundle, `activation took ${Math.round(performance.now() - begun)} ms`)
  if (named !== null && !(error instanceof Told && error.code === bundle.refused))
    finding(ground, 'endings', bundle, `activation: ${String(error)}`)
  if (bundle.by === 'test' && (await lineOf())?.problem !== bundle.refused) finding(ground, 'endings', bundle, 'has no reason in the list')
  const active = (await api.models.list()).filter((other) => other.active)
  if (active.length !== 1 || active[0]?.source !== 'shipped') finding(ground, 'lost', bundle, 'the shipped model is not in use')
  if ((await api.objects.record({ objectId })).note !== bundle.name) finding(ground, 'lost', bundle, 'a note')
  if (!(await program.end())) finding(ground, 'hangs', bundle, 'does not end')
}
