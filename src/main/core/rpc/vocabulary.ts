import { methods } from './base.ts'

const { vocabulary } = methods

export const vocabularyMethods = vocabulary.router({
  trees: vocabulary.trees.handler(({ context }) => context.vocabulary.trees()),
  search: vocabulary.search.handler(({ context, input }) => context.vocabulary.search(input)),
  term: vocabulary.term.handler(({ context, input }) => context.vocabulary.detail(input.key))
})
