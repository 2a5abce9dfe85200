import type { Migration } from './migration.ts'

/**
 * Lets jobs be trainings and set-ups of their Python environment. SQLite cannot change the CHECK of a column, so the table
 * is created again under its name; what refers to its rows (run, job_item) stays as it is.
 */
export const trainingJobs: Migration = {
  number: 2,
  name: 'training-jobs',
  rebuildsTables: true,
  up: `
    CREATE TABLE job_anew (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('import', 'predict', 'export', 'train', 'environment')),
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
    INSERT INTO job_anew SELECT id, kind, state, title, options, total, counts, error, result, started_at, finished_at FROM job;
    DROP TABLE job;
    ALTER TABLE job_anew RENAME TO job;
  `
}
