import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action } from '../run.ts'

interface CardChoices {
  readonly catalogue: string
  readonly object?: string
  readonly out: string
  readonly labels?: Language
  readonly contactSheet?: boolean
  readonly force?: boolean
}

/** `card --catalogue C [--object N] [--contact-sheet] --out FILE.pdf`. */
export const card: Action<CardChoices> = (run, { catalogue, object, out, labels, contactSheet, force = false }) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    const { termLanguage } = await core.call.settings.get()
    const file = resolve(out)
    const job = await followJob(run, core, async () =>
      core.call.exports.print({
        format: contactSheet === true ? 'contactSheet' : 'card',
        objectIds: object === undefined ? null : [await objectNumbered(core, object)],
        file,
        overwrite: force,
        language: labels ?? termLanguage
      })
    )
    const result = { file, records: Number(job.result?.['records'] ?? job.done) }
    run.terminal.say(run.words('export.done', { file }))
    run.terminal.give(result)
    return exitCode.done
  })

/** The object with an inventory number. @throws AppError `print.noObject` */
async function objectNumbered(core: Core, number: string): Promise<number> {
  const { ids } = await core.call.objects.ids({ filter: { text: number }, order: 'number' })
  for (let at = 0; at < ids.length; at += 500) {
    const cards = await core.call.objects.cards({ ids: ids.slice(at, at + 500) })
    const found = cards.find(({ label }) => label === number)
    if (found !== undefined) return found.id
  }
  throw new AppError('print.noObject', { number })
}
