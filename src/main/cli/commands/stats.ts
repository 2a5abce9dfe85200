import { resolve } from 'node:path'
import { facets } from '../../../shared/model/facet.ts'
import { exitCode } from '../exit-code.ts'
import type { Action } from '../run.ts'
import { tellLearning } from './learning-text.ts'

/** `stats --catalogue C [--learning]`: counts what a catalogue holds; how well its decisions have predicted those that came next. */
export const stats: Action<{ catalogue: string; learning?: boolean }> = (run, { catalogue, learning = false }) =>
  run.withCore({}, async (core) => {
    const { words, terminal } = run
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const counts = await core.call.catalogue.statistics()
    const { objects, images, suggested, status, runs, decisions } = counts
    terminal.say(words('stats.objects', { objects, images, suggested }))
    terminal.say(words('stats.status', status))
    for (const facet of facets) terminal.say(words('stats.facet', { facet: words(`facet.${facet}`), ...counts.facets[facet] }))
    terminal.say(words('stats.history', { runs, decisions }))
    if (!learning) terminal.give(counts)
    else {
      const { facets: learned } = await core.call.learning.curve()
      tellLearning(run, learned)
      terminal.give({ ...counts, learning: learned })
    }
    return exitCode.done
  })
