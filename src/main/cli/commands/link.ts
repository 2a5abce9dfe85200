import { resolve } from 'node:path'
import type { LinkPlan } from '../../../shared/model/inventory.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import { personSettings, type Action, type Run } from '../run.ts'

interface LinkChoices {
  readonly file: string
  readonly catalogue: string
  readonly number: string
  readonly sheet?: string
  /** Rules that are not applied, and prefixes of numbers that may be missing. */
  readonly strict?: string[]
  readonly prefix?: string[]
  readonly dryRun?: boolean
  readonly person?: string
}

/** The rules that `--strict` can leave out. */
export const strictRules = ['spaces', 'zeros', 'dashes', 'case'] as const

/** `link FILE --catalogue C --number COLUMN`: shows the inventory of the museum beside the pictures. Doubtful pairs are listed and not joined. */
export const link: Action<LinkChoices> = (
  run,
  { file, catalogue, number, sheet = null, strict = [], prefix = [], dryRun = false, person }
) =>
  run.withCore({ settings: personSettings(person) }, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const applied = Object.fromEntries(strictRules.map((rule) => [rule, !strict.includes(rule)]))
    const options = { file: resolve(file), sheet, number, rules: { ...applied, prefixes: prefix } }
    const plan = await core.call.inventory.plan(options)
    tellPlan(run, plan)
    if (!dryRun) {
      await followJob(run, core, () => core.call.inventory.link(options))
      run.terminal.say(run.words('link.done', { path: resolve(catalogue) }))
    }
    run.terminal.give({ ...plan, linked: !dryRun })
    return plan.doubtCount > 0 ? exitCode.doneWithRefused : exitCode.done
  })

function tellPlan({ words, terminal }: Run, plan: LinkPlan): void {
  const { exact, byRule, unmatchedRows, unmatchedObjects, doubtCount, difference } = plan
  terminal.say(words('link.plan', { exact, byRule, unmatchedRows, unmatchedObjects, doubts: doubtCount }))
  const { added, changed, removed, same } = difference
  terminal.say(words('link.difference', { added, changed, removed, same }))
  for (const { label, column, before, after } of difference.examples.slice(0, 20))
    terminal.say(words('link.changed', { label, column, before, after }))
  for (const { reason, label, row, number, excerpt } of plan.doubts)
    terminal.say(words(`link.doubt.${reason}`, { label, row, number, excerpt }))
  if (doubtCount > plan.doubts.length) terminal.say(words('link.moreDoubts', { count: doubtCount - plan.doubts.length }))
}
