import { useCommandContext, type CommandsOptions } from './context.ts'
import { facetCommands } from './facet-commands.ts'
import { objectCommands } from './object-commands.ts'
import { repeatCommand } from './repeat-command.ts'
import { termCommands } from './term-commands.ts'

/** The commands behind the keys, buttons and menus of the record. Each one announces its result. */
export function useCommands(options: CommandsOptions) {
  const context = useCommandContext(options)
  const terms = termCommands(context)
  const facets = facetCommands(context)
  const objects = objectCommands(context)
  const repeat = repeatCommand(context, facets, terms)

  /** Nothing is decided about an object that is still on screen while the next one is being read. */
  const here =
    <Given extends unknown[]>(act: (...given: Given) => unknown) =>
    (...given: Given): void => {
      if (options.recordVisit.here.value) act(...given)
    }

  return {
    say: context.say,
    setState: here(terms.setState),
    atDigit: here(terms.atDigit),
    changeCertainty: here(terms.changeCertainty),
    replace: here(terms.replace),
    toBroader: here(terms.toBroader),
    narrowerOf: terms.narrowerOf,
    setFacet: here(facets.setFacet),
    closeFacet: here(facets.closeFacet),
    reopenFacet: here(facets.reopenFacet),
    rejectRest: here(facets.rejectRest),
    toggleFlag: here(objects.toggleFlag),
    keepNote: here(objects.keepNote),
    fillField: here(objects.fillField),
    repeat: here(repeat)
  }
}

export type Commands = ReturnType<typeof useCommands>
