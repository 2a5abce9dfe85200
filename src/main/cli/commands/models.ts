import { AppError } from '../../../shared/errors.ts'
import { sentence } from '../../../shared/locales/errors.ts'
import type { BundleReference, BundleSummary } from '../../../shared/model/model.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'

interface ModelsChoices {
  readonly activate?: string
  readonly back?: boolean
}

/**
 * `models`: lists the model bundles, marks the active one and says why one cannot be used. With an option, first activates a
 * bundle or goes back to the previous one.
 */
export const models: Action<ModelsChoices> = (run, choices) =>
  run.withCore({}, async (core) => {
    const bundles = await change(core, choices)
    tellBundles(run, bundles)
    run.terminal.give(bundles)
    return exitCode.done
  })

async function change(core: Core, { activate, back }: ModelsChoices): Promise<BundleSummary[]> {
  if (activate !== undefined) return await core.call.models.activate(readReference('--activate <bundle>', activate))
  return back === true ? await core.call.models.back() : await core.call.models.list()
}

function tellBundles({ words, language, terminal }: Run, bundles: readonly BundleSummary[]): void {
  if (bundles.length === 0) terminal.say(words('models.none'))
  for (const { id, version, title, active, previous, problem, problemData } of bundles) {
    const name = { id, version, title: title[language] }
    if (problem !== null)
      terminal.say(words('models.broken', { id, version, reason: sentence(language, problem, { bundle: id, ...problemData }) }))
    else terminal.say(words(active ? 'models.active' : previous ? 'models.previous' : 'models.available', name))
  }
}

/** A bundle as it is written on the command line: `id@version`. @throws AppError `usage.invalidValue` */
export function readReference(option: string, text: string): BundleReference {
  const [, id, version] = /^([^@]+)@([^@]+)$/.exec(text) ?? []
  if (id === undefined || version === undefined) throw new AppError('usage.invalidValue', { name: option, value: text })
  return { id, version }
}
