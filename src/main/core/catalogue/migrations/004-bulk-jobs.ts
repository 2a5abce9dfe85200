import type { Migration } from './migration.ts'

/**
 * Lets jobs be of any kind: the kinds are those of the contract, and a CHECK would need a new table for each. Events of an
 * action are found object by object, so that a large action is taken back in slices.
 */
export const bulkJobs: Migration = {
  number: 4,
  name: 'bulk-jobs',
  rebuildsTables: true,
  up: `
    CREATE TABLE job_new (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'stopped', 'interrupted', 'done', 'failed')),
      title TEXT NOT NULL,
      options TEXT NOT NULL,
      total INTEGER,
      counts TEXT NOT NULL DEFAULT '{}',
      error TEXT,
      result TEXT,
      started_at TEXT NOT NULL,
      finished_at TEXT
    ) STRICT;
    INSERT INTO job_new SELECT id, kind, state, title, options, total, counts, error, result, started_at, finished_at FROM job;
    DROP TABLE job;
    ALTER TABLE job_new RENAME TO job;
    DROP INDEX event_by_action;
    CREATE INDEX event_by_action ON event (action_id, object_id);
  `
}
