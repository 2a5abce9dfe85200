import { sentence } from '../../../shared/locales/errors.ts'
import { exitCode } from '../exit-code.ts'
import type { Action } from '../run.ts'

/** `models`: lists the model bundles, the active one marked, and why one cannot be used. */
export const models: Action<object> = ({ withCore, words, language, terminal }) =>
  withCore({}, async (core) => {
    const bundles = await core.call.models.list()
    if (bundles.length === 0) terminal.say(words('models.none'))
    for (const { id, version, title, active, problem } of bundles) {
      if (problem !== null) terminal.say(words('models.broken', { id, version, reason: sentence(language, problem, { bundle: id }) }))
      else terminal.say(words(active ? 'models.active' : 'models.available', { id, version, title: title[language] }))
    }
    terminal.give(bundles)
    return exitCode.done
  })
