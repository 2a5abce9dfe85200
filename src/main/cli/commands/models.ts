import { AppError, Cancelled } from '../../../shared/errors.ts'
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
    const bundles = await change(run, core, choices)
    tellBundles(run, bundles)
    run.terminal.give(bundles)
    return exitCode.done
  })

async function change(run: Run, core: Core, { activate, back }: ModelsChoices): Promise<BundleSummary[]> {
  if (activate !== undefined) return await activateBundle(run, core, readReference('--activate <bundle>', activate))
  if (back === true) return await tested(run, core, (signal) => core.call.models.back(undefined, { signal }))
  return await core.call.models.list()
}

/** Uses a bundle from now on. Says that it is being tested; Ctrl+C ends the test, and the bundle in use stays. @throws Cancelled */
export async function activateBundle(run: Run, core: Core, bundle: BundleReference): Promise<BundleSummary[]> {
  return await tested(run, core, (signal) => core.call.models.activate(bundle, { signal }))
}

async function tested(
  { words, terminal, interrupted }: Run,
  core: Core,
  call: (signal: AbortSignal) => Promise<BundleSummary[]>
): Promise<BundleSummary[]> {
  const stopListening = core.subscribe((event) => {
    if (event.type === 'bundleCheck' && event.state === 'begun') terminal.note(words('models.testing', { ...event.bundle }))
  })
  try {
    return await call(interrupted)
  } catch (error) {
    throw interrupted.aborted ? new Cancelled() : error
  } finally {
    stopListening()
  }
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
