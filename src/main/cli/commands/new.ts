import { basename, dirname, resolve } from 'node:path'
import { exitCode } from '../exit-code.ts'
import type { Action } from '../run.ts'

/** Folder and name of the catalogue for a path on the command line. */
export function catalogueAt(path: string): { folder: string; name: string } {
  const full = resolve(path)
  return { folder: dirname(full), name: basename(full, '.fitxa') }
}

/** `new C`: creates an empty catalogue. */
export const newCatalogue: Action<{ catalogue: string }> = (run, { catalogue }) =>
  run.withCore({}, async (core) => {
    const made = await core.call.catalogue.create(catalogueAt(catalogue))
    run.terminal.say(run.words('new.done', { path: made.path }))
    run.terminal.give({ catalogue: made.path, name: made.name })
    return exitCode.done
  })
