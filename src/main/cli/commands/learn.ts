import { resolve } from 'node:path'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action } from '../run.ts'
import { tellLearning } from './learning-text.ts'

/** `learn --catalogue C`: learns from all decisions, and renews the suggestions of all open objects. */
export const learn: Action<{ catalogue: string }> = (run, { catalogue }) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const { result } = await followJob(run, core, () => core.call.learning.start())
    const [embedded, renewed, decided] = ['embedded', 'renewed', 'decided'].map((name) => Number(result?.[name] ?? 0))
    const counts = { embedded: embedded ?? 0, renewed: renewed ?? 0, decided: decided ?? 0 }
    const { facets } = await core.call.learning.state()
    run.terminal.say(run.words('learn.done', counts))
    tellLearning(run, facets)
    run.terminal.give({ ...counts, facets })
    return exitCode.done
  })
