import { resolve } from 'node:path'
import type { Backup } from '../../../shared/model/backup.ts'
import { exitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'

/** `backup --catalogue C`: makes a backup now. */
export const backup: Action<{ catalogue: string; folder?: string; here?: boolean }> = (run, { catalogue, folder, here }) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(catalogue) })
    if (folder !== undefined) await core.call.backups.setFolder({ folder: resolve(folder) })
    if (here === true) await core.call.backups.setFolder({ folder: null })
    const made = await core.call.backups.make()
    run.terminal.say(run.words('backup.done', { file: made.file, objects: made.objects, decisions: made.decisions }))
    run.terminal.give(made)
    return exitCode.done
  })

/** `backups --catalogue C`: lists the backups of a catalogue, newest first, even if the catalogue cannot be opened. */
export const backups: Action<{ catalogue: string }> = (run, { catalogue }) =>
  run.withCore({}, async (core) => {
    const list = await core.call.backups.list({ path: resolve(catalogue) })
    if (list.backups.length === 0) run.terminal.say(run.words('backups.none'))
    for (const each of list.backups) run.terminal.say(lineOf(run, each))
    run.terminal.give(list)
    return exitCode.done
  })

/** `restore FILE --to C`: replaces a catalogue's database by a backup and keeps the replaced one. */
export const restore: Action<{ file: string; to: string }> = (run, { file, to }) =>
  run.withCore({}, async (core) => {
    const { path, objects } = await core.call.backups.restore({ file: resolve(file), path: resolve(to) })
    run.terminal.say(run.words('restore.done', { path, objects }))
    run.terminal.give({ catalogue: path, objects })
    return exitCode.done
  })

function lineOf({ words, language }: Run, { at, reason, objects, decisions, file, usable }: Backup): string {
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))
  const why = words(`backups.${reason}`)
  return usable ? words('backups.line', { time, why, objects, decisions, file }) : words('backups.damaged', { time, why, file })
}
