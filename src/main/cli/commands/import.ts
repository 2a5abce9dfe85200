import { resolve } from 'node:path'
import { sentence } from '../../../shared/locales/errors.ts'
import type { ImportItem } from '../../../shared/model/job.ts'
import type { Core } from '../../core/core.ts'
import { exitCode } from '../exit-code.ts'
import { followJob } from '../follow-job.ts'
import type { Action, Run } from '../run.ts'

export interface ImportChoices {
  readonly copy?: boolean
  readonly pattern?: string
  readonly acrossFolders?: boolean
}

/** A refused file, with the reason as data and as a sentence. */
interface RefusedFile extends Pick<ImportItem, 'path' | 'data'> {
  readonly reason: string
  readonly message: string
}

export interface ImportResult {
  readonly jobId: number
  readonly files: number
  readonly taken: number
  readonly already: number
  readonly refused: RefusedFile[]
}

/** `import FOLDER --catalogue C`: imports a folder tree, or resumes an interrupted import of it. */
export const importFolder: Action<ImportChoices & { folder: string; catalogue: string }> = (run, given) =>
  run.withCore({}, async (core) => {
    await core.call.catalogue.open({ path: resolve(given.catalogue) })
    const result = await importInto(run, core, given.folder, given)
    tellImport(run, result)
    run.terminal.give(result)
    return result.refused.length > 0 ? exitCode.doneWithRefused : exitCode.done
  })

/** Imports a folder into the open catalogue, or resumes an interrupted import of the same folder. */
export async function importInto(run: Run, core: Core, folder: string, choices: ImportChoices): Promise<ImportResult> {
  const { copy = false, pattern = '', acrossFolders = false } = choices
  const options = { folder: resolve(folder), copy, pattern, acrossFolders, predict: false }
  const job = await followJob(run, core, () => core.call.imports.start(options))
  const { counts } = await core.call.imports.report({ jobId: job.id, state: null, after: null, limit: 1 })
  const { taken = 0, already = 0 } = counts
  const refused = await refusedFiles(run, core, job.id)
  return { jobId: job.id, files: taken + already + refused.length, taken, already, refused }
}

async function refusedFiles(run: Run, core: Core, jobId: number): Promise<RefusedFile[]> {
  const refused: RefusedFile[] = []
  for (let after: string | null = null; ;) {
    const { items } = await core.call.imports.report({ jobId, state: 'refused', after, limit: 500 })
    for (const { path, reason, data } of items) {
      const code = reason ?? 'bug'
      refused.push({ path, reason: code, data, message: sentence(run.language, code, { file: path, ...data }) })
    }
    after = items.at(-1)?.path ?? null
    if (after === null || items.length < 500) return refused
  }
}

/** Prints the result of an import, with one line for each refused file. */
export function tellImport({ words, terminal }: Run, { files, taken, already, refused }: ImportResult): void {
  terminal.say(words('import.done', { files, taken, already, refused: refused.length }))
  for (const { path, message } of refused) terminal.say(words('import.refused', { path, reason: message }))
}
