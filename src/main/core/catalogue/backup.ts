import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { openFile } from './connection.ts'
import type { Connection } from './operation.ts'

/** How many backups made on opening are kept. */
export const keptBackups = 10

const backupName = /^\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}-v\d+\.sqlite$/

/**
 * Copies the whole database into `folder`, checks the copy, and only then gives it its name (UTC time and schema
 * version); the oldest copies beyond ten go. Returns the copy's path. Throws `catalogue.backup` when the copy is not whole.
 */
export function backUp(connection: Connection, folder: string, now = new Date()): string {
  mkdirSync(folder, { recursive: true })
  const version = connection.pragma('user_version', { simple: true }) as number
  const file = join(folder, `${now.toISOString().slice(0, -1).replaceAll(':', '')}-v${version}.sqlite`)
  const unfinished = `${file}.part`
  rmSync(unfinished, { force: true })
  connection.prepare('VACUUM INTO ?').run(unfinished)
  const copy = openFile(unfinished, { readonly: true })
  try {
    const found = copy.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok') throw new AppError('catalogue.backup', { file, problem: String(found) })
  } finally {
    copy.close()
  }
  renameSync(unfinished, file)
  const backups = readdirSync(folder).filter((name) => backupName.test(name))
  for (const old of backups.sort().slice(0, -keptBackups)) rmSync(join(folder, old))
  return file
}
