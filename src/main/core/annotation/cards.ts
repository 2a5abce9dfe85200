import { posix } from 'node:path'
import { perFacet } from '../../../shared/model/facet.ts'
import type { Card, ObjectStatus } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

interface CardRow {
  readonly id: number
  readonly inventoryNumber: string | null
  readonly status: ObjectStatus
  readonly flagged: number
  readonly suggested: number
  readonly views: number
  readonly missing: number
  readonly accepted: number
  readonly facetStates: string
  readonly term: TermKey | null
  readonly sha256: string | null
  readonly width: number | null
  readonly height: number | null
  readonly path: string | null
}

/** A card as it is stored: its term is a key. */
export type StoredCard = Omit<Card, 'term'> & { readonly term: TermKey | null }

/** The cards of objects, in the given order; unknown ids are left out. */
export function objectCards(connection: Connection, ids: readonly number[]): StoredCard[] {
  const rows = statement<[string], CardRow>(
    connection,
    `SELECT object.id, inventory_number AS inventoryNumber, status, flagged, suggested_run_id IS NOT NULL AS suggested,
       (SELECT count(*) FROM image WHERE image.object_id = object.id) AS views,
       EXISTS (SELECT 1 FROM image WHERE image.object_id = object.id AND missing = 1) AS missing,
       (SELECT count(*) FROM annotation WHERE annotation.object_id = object.id AND state = 'accepted') AS accepted,
       (SELECT json_group_object(facet, state) FROM facet_state WHERE facet_state.object_id = object.id) AS facetStates,
       (SELECT term.key FROM annotation JOIN term ON term.id = annotation.term_id
        WHERE annotation.object_id = object.id AND annotation.state = 'accepted'
        ORDER BY annotation.facet <> 'objectTypes', annotation.at, term.id LIMIT 1) AS term,
       first.sha256, first.width, first.height,
       (SELECT path FROM location WHERE location.image_id = first.id LIMIT 1) AS path
     FROM json_each(?) AS asked JOIN object ON object.id = asked.value
     LEFT JOIN image AS first ON first.id = (SELECT id FROM image WHERE image.object_id = object.id ORDER BY position, id LIMIT 1)
     ORDER BY asked.key`
  ).all(JSON.stringify(ids))
  return rows.map((row) => ({
    id: row.id,
    label: objectLabel(row.id, row.inventoryNumber, row.path),
    sha256: row.sha256,
    width: row.width ?? 0,
    height: row.height ?? 0,
    views: row.views,
    status: row.status,
    facetStates: { ...perFacet(() => 'open' as const), ...(JSON.parse(row.facetStates) as Partial<Card['facetStates']>) },
    accepted: row.accepted,
    term: row.term,
    suggested: row.suggested === 1,
    flagged: row.flagged === 1,
    missing: row.missing === 1
  }))
}

/** The label of an object: its inventory number, else the name of its first file, else its id in the catalogue. */
export function objectLabel(id: number, inventoryNumber: string | null, path: string | null): string {
  return inventoryNumber ?? (path === null ? `#${id}` : posix.basename(path.replaceAll('\\', '/')))
}
