import { resolve } from 'node:path'
import { facets } from '../../../shared/model/facet.ts'
import { exitCode } from '../exit-code.ts'
import type { Action } from '../run.ts'

/** `stats --catalogue C`: counts what a catalogue holds. */
export const stats: Action<{ catalogue: string }> = ({ withCore, words, terminal }, { catalogue }) =>
  withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const counts = await core.call.catalogue.statistics()
    const { objects, images, suggested, status, runs, decisions } = counts
    terminal.say(words('stats.objects', { objects, images, suggested }))
    terminal.say(words('stats.status', status))
    for (const facet of facets) terminal.say(words('stats.facet', { facet: words(`facet.${facet}`), ...counts.facets[facet] }))
    terminal.say(words('stats.history', { runs, decisions }))
    terminal.give(counts)
    return exitCode.done
  })
