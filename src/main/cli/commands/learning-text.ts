import type { LearnedFacet } from '../../../shared/model/learning.ts'
import type { Run } from '../run.ts'

/** What was learned, one line per facet with its learning curve: R-Precision of the model alone and adapted, by number of decisions. */
export function tellLearning({ words, terminal }: Run, facets: readonly LearnedFacet[]): void {
  for (const { facet, objects, curve } of facets) {
    if (objects === 0) continue
    terminal.say(words('learn.facet', { facet: words(`facet.${facet}`), objects }))
    for (const { decided, objects: next, base, adapted } of curve) {
      terminal.say(words('learn.point', { decided, next, base: base.toFixed(2), adapted: adapted.toFixed(2) }))
    }
  }
}
