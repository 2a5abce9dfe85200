import { perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { Statistics } from '../../../shared/model/catalogue.ts'
import type { ObjectStatus } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** Counts of the whole catalogue. `decisions` are the actions of people and rules that are in force. */
export function statistics(connection: Connection): Statistics {
  const count = (sql: string): number => statement<[], { n: number }>(connection, sql).get()?.n ?? 0
  const status = { new: 0, inWork: 0, closed: 0 }
  for (const row of statement<[], { status: ObjectStatus; n: number }>(
    connection,
    'SELECT status, count(*) AS n FROM object GROUP BY status'
  ).all())
    status[row.status] = row.n

  const facets = perFacet(() => ({ decided: 0, accepted: 0, rejected: 0, terms: 0 }))
  for (const { facet, n } of statement<[], { facet: Facet; n: number }>(
    connection,
    'SELECT facet, count(*) AS n FROM facet_state GROUP BY facet'
  ).all())
    facets[facet].decided = n
  // Counted on the index by concept, which is much smaller than the table.
  for (const { facet, state, n, concepts } of statement<[], { facet: Facet; state: string; n: number; concepts: number }>(
    connection,
    `SELECT facet, state, sum(n) AS n, count(*) AS concepts
     FROM (SELECT concept_id, state, count(*) AS n FROM annotation GROUP BY concept_id, state) AS counted
     JOIN term ON term.id = counted.concept_id
     GROUP BY facet, state`
  ).all()) {
    if (state === 'accepted') Object.assign(facets[facet], { accepted: n, terms: concepts })
    if (state === 'rejected') facets[facet].rejected = n
  }
  return {
    objects: status.new + status.inWork + status.closed,
    images: count('SELECT count(*) AS n FROM image'),
    suggested: count('SELECT count(*) AS n FROM object WHERE suggested_run_id IS NOT NULL'),
    missing: count('SELECT count(DISTINCT object_id) AS n FROM image WHERE missing = 1'),
    status,
    facets,
    runs: count('SELECT count(*) AS n FROM run'),
    decisions: count(`SELECT count(*) AS n FROM action WHERE undone_by IS NULL AND kind NOT IN ('undo', 'redo')`)
  }
}
