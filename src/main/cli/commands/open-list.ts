import { resolve } from 'node:path'
import { exitCode } from '../exit-code.ts'
import type { Action } from '../run.ts'
import { modelSettings, type ModelChoices } from './predict.ts'

interface OpenListOptions extends ModelChoices {
  readonly catalogue: string
  readonly out: string
  readonly force?: boolean
}

/** `open-list --catalogue C --out FILE`: writes the list of images without suggestions, which the trainer's `predict` reads. */
export const writeOpenList: Action<OpenListOptions> = (run, options) =>
  run.withCore({ settings: modelSettings(options) }, async (core) => {
    await core.call.catalogue.open({ path: resolve(options.catalogue) })
    const result = await core.call.predictions.openList({ file: resolve(options.out), overwrite: options.force === true })
    run.terminal.say(run.words('openList.done', result))
    run.terminal.give(result)
    return exitCode.done
  })
