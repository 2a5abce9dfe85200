import { resolve } from 'node:path'
import type { HistoryEntry, RunEntry } from '../../../shared/model/history.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'

/** Default number of actions to list. */
const usual = 20

/** Page size of the core's answer. */
const page = 200

interface HistoryOptions {
  readonly catalogue: string
  readonly limit?: number
  readonly person?: string
  readonly kind?: HistoryEntry['kind']
  readonly runs?: boolean
}

/** `history --catalogue C`: lists the newest actions, the last one first, or the runs of models. */
export const history: Action<HistoryOptions> = (run, options) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(options.catalogue) })
    const { terminal, words } = run
    if (options.runs === true) {
      const runs = await core.call.history.runs()
      for (const each of runs) terminal.say(runLine(run, each))
      terminal.give(runs)
      return exitCode.done
    }
    const actions = await newestActions(core, options)
    if (actions.length === 0) terminal.say(words('history.nothing'))
    for (const action of actions) terminal.say(lineOf(run, action))
    terminal.give(actions)
    return exitCode.done
  })

async function newestActions(core: Core, { limit = usual, person, kind }: HistoryOptions): Promise<HistoryEntry[]> {
  const actions: HistoryEntry[] = []
  for (let before: number | null = null; actions.length < limit;) {
    const next: HistoryEntry[] = await core.call.history.list({
      author: person ?? null,
      kinds: kind === undefined ? [] : [kind],
      before,
      limit: Math.min(page, limit - actions.length)
    })
    actions.push(...next)
    before = next.at(-1)?.id ?? null
    if (before === null) break
  }
  return actions
}

const timeOf = (at: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))

function lineOf({ words, language }: Run, { id, at, author, kind, term, objects, changes, undone }: HistoryEntry): string {
  const label = term?.labels[language] ?? term?.labels.en ?? term?.labels.ca ?? term?.key
  const what = label === undefined ? words(`history.${kind}`) : words('history.withTerm', { kind: words(`history.${kind}`), term: label })
  const line = words('history.line', { id, time: timeOf(at, language), author, what, objects, changes })
  return undone === null ? line : words('history.undone', { line })
}

function runLine({ words, language }: Run, { id, startedAt, bundleId, bundleVersion, images, objects, removed }: RunEntry): string {
  const about = { id, time: timeOf(startedAt, language), bundle: `${bundleId}@${bundleVersion}`, images, objects }
  return words(removed ? 'history.runRemoved' : 'history.run', about)
}
