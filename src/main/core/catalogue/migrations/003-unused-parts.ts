import type { Migration } from './migration.ts'

/**
 * Drops what nothing uses: the index of actions by object (history goes by `event`), the trigger for deleted suggestions (none
 * are ever deleted) and the action kind `import`, which was never written. Partial indexes must repeat the WHERE of their
 * queries word for word, so those that named the kind are created again without it.
 */
export const unusedParts: Migration = {
  number: 3,
  name: 'unused-parts',
  up: `
    DROP INDEX action_by_object;
    DROP TRIGGER prediction_removed;
    DROP INDEX action_by_author;
    DROP INDEX action_in_force;
    CREATE INDEX action_by_author ON action (author, id) WHERE kind NOT IN ('undo', 'redo');
    CREATE INDEX action_in_force ON action (author, id) WHERE undone_by IS NULL AND kind NOT IN ('undo', 'redo');
  `
}
