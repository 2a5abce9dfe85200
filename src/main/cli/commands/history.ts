import { resolve } from 'node:path'
import type { ActionSummary } from '../../../shared/model/record.ts'
import { exitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'

/** Default number of actions to list. */
const usual = 20

/** Page size of the core's answer. */
const page = 200

/** `history --catalogue C [--limit N]`: lists the newest actions, newest first. */
export const history: Action<{ catalogue: string; limit?: number }> = (run, { catalogue, limit = usual }) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const actions: ActionSummary[] = []
    for (let before: number | null = null; actions.length < limit;) {
      const next = await core.call.history.list({ objectId: null, before, limit: Math.min(page, limit - actions.length) })
      actions.push(...next)
      before = next.at(-1)?.id ?? null
      if (before === null) break
    }
    if (actions.length === 0) run.terminal.say(run.words('history.nothing'))
    for (const action of actions) run.terminal.say(lineOf(run, action))
    run.terminal.give(actions)
    return exitCode.done
  })

function lineOf({ words, language }: Run, { id, at, author, kind, term, objects, changes }: ActionSummary): string {
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))
  const label = term?.labels[language] ?? term?.labels.en ?? term?.labels.ca ?? term?.key
  const what = label === undefined ? words(`history.${kind}`) : words('history.withTerm', { kind: words(`history.${kind}`), term: label })
  return words('history.line', { id, time, author, what, objects, changes })
}
