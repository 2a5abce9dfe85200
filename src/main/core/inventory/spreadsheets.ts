import { readdir } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'

const endings = new Set(['.csv', '.tsv', '.txt', '.xlsx'])

/** The files of a folder that may hold an inventory, by name. Throws `folders.unreadable`. */
export async function spreadsheetsIn(folder: string): Promise<string[]> {
  const path = resolve(folder)
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw new AppError('folders.unreadable', { path, reason: (error as NodeJS.ErrnoException).code ?? '' }, error)
  })
  return entries
    .filter((entry) => entry.isFile() && !/^[.~]/.test(entry.name) && endings.has(extname(entry.name).toLowerCase()))
    .map(({ name }) => join(path, name))
    .sort((a, b) => a.localeCompare(b, 'ca', { numeric: true }))
}
