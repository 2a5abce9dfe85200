import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** Where the files of an import are recorded: a root, and the prefix of their keys below it. */
export interface ImportRoot {
  readonly rootId: number
  /** Empty, or a path that ends with `/`. */
  readonly prefix: string
  /** Absolute path of the root, separated by `/`, without one at the end. */
  readonly path: string
  /** Highest id of an object that was there before the import. */
  readonly objectsBefore: number
}

/** Root of copied originals: relative to the catalogue's folder, wherever that is. */
export const ownRoot = 'originals'

interface Root {
  id: number
  path: string
}

/** The part of `path` below `folder`, empty for the folder itself, null if it lies elsewhere. Both use the system's separator. */
function below(folder: string, path: string): string | null {
  const parent = slashed(folder)
  const child = slashed(path)
  if (child === parent) return ''
  return child.startsWith(`${parent}/`) ? child.slice(parent.length + 1) : null
}

/** Windows separates folders by `\`; on other systems that is an ordinary character. */
function withSlashes(path: string): string {
  return /^([A-Za-z]:|\\\\)/.test(path) ? path.replaceAll('\\', '/') : path
}

function roots(connection: Connection): Root[] {
  return statement<[], Root>(connection, 'SELECT id, path FROM root').all()
}

/** The root under which files of a folder are recorded: an existing one that contains the folder, else a new one. */
export function ensureRoot(connection: Connection, folder: string): Pick<ImportRoot, 'rootId' | 'prefix' | 'path'> {
  const holding = roots(connection)
    .map((root) => ({ root, rest: below(root.path, folder) }))
    .filter(({ rest }) => rest !== null)
    .sort((a, b) => b.root.path.length - a.root.path.length)[0]
  if (holding !== undefined)
    return { rootId: holding.root.id, prefix: holding.rest === '' ? '' : `${holding.rest}/`, path: slashed(holding.root.path) }
  const { lastInsertRowid } = statement(connection, 'INSERT INTO root (path) VALUES (?)').run(folder)
  return { rootId: Number(lastInsertRowid), prefix: '', path: slashed(folder) }
}

/** A folder's path separated by `/`, without one at the end. */
export function slashed(folder: string): string {
  return withSlashes(folder).replace(/\/$/, '')
}

/** The locations of an object's pictures, as absolute paths separated by `/`; copies inside the catalogue do not count. */
export function absolutePaths(connection: Connection, objectId: number): string[] {
  return statement<[number, string], { root: string; path: string }>(
    connection,
    `SELECT root.path AS root, location.path FROM image JOIN location ON location.image_id = image.id JOIN root ON root.id = root_id
     WHERE object_id = ? AND root.path != ? ORDER BY location.path`
  )
    .all(objectId, ownRoot)
    .map(({ root, path }) => `${slashed(root)}/${path}`)
}

/** The object of a file that the catalogue knows with this path, size and date; null for a new or changed one. */
export function findKnown(
  connection: Connection,
  { folder, key, bytes, modified }: { folder: string; key: string; bytes: number; modified: number }
): number | null {
  if (modified === 0) return null
  const path = `${slashed(folder)}/${key}`
  for (const root of roots(connection)) {
    const rest = below(root.path, path)
    if (rest === null) continue
    const found = statement<[number, string, number, number], { object_id: number }>(
      connection,
      `SELECT object_id FROM location JOIN image ON image.id = location.image_id
       WHERE root_id = ? AND path = ? AND modified_at = ? AND bytes = ?`
    ).get(root.id, rest, modified, bytes)
    if (found !== undefined) return found.object_id
  }
  return null
}

/** Records an image's location; it replaces another image at the same location. */
export function putLocation(connection: Connection, location: { rootId: number; path: string; imageId: number; modified: number }): void {
  statement(
    connection,
    `INSERT INTO location (root_id, path, image_id, modified_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (root_id, path) DO UPDATE SET image_id = excluded.image_id, modified_at = excluded.modified_at`
  ).run(location.rootId, location.path, location.imageId, location.modified)
}

export const locationWrites = {
  /** The root of an import, and the state before it first started. */
  ensureImportRoot(connection: Connection, { jobId, folder }: { jobId: number; folder: string }): ImportRoot {
    const key = `import.${jobId}.objectsBefore`
    statement(connection, 'INSERT OR IGNORE INTO property (key, value) SELECT ?, coalesce(max(id), 0) FROM object').run(key)
    const before = statement<[string], { value: string }>(connection, 'SELECT value FROM property WHERE key = ?').get(key)
    return { ...ensureRoot(connection, folder), objectsBefore: Number(before?.value ?? 0) }
  }
}
