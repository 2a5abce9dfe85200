import type { Migration } from './migration.ts'

/**
 * Lets a run be removed: `removed_by` is the action that did so, and the run is removed as long as that is not undone. An object
 * whose suggestions are deleted never goes back to those of a removed run (trigger of the migration before).
 */
export const removedRuns: Migration = {
  number: 7,
  name: 'removed-runs',
  up: `
    ALTER TABLE run ADD COLUMN removed_by INTEGER REFERENCES action (id);
    DROP TRIGGER prediction_removed;
    CREATE TRIGGER prediction_removed AFTER DELETE ON prediction WHEN OLD.rank = 1 BEGIN
      UPDATE run SET images = images - 1 WHERE id = OLD.run_id AND NOT EXISTS (
        SELECT 1 FROM prediction WHERE image_id = OLD.image_id AND run_id = OLD.run_id AND rank = 1);
      UPDATE object SET suggested_run_id = (
        SELECT max(run_id) FROM image CROSS JOIN prediction ON prediction.image_id = image.id JOIN run ON run.id = run_id
        WHERE image.object_id = object.id AND rank = 1
          AND NOT EXISTS (SELECT 1 FROM action WHERE action.id = run.removed_by AND action.undone_by IS NULL))
      WHERE id = (SELECT object_id FROM image WHERE id = OLD.image_id);
      UPDATE object SET uncertainty = (
        SELECT 1 - avg(best) FROM (
          SELECT max(probability) AS best FROM image CROSS JOIN prediction ON prediction.image_id = image.id
          WHERE image.object_id = object.id AND run_id = object.suggested_run_id AND rank = 1 GROUP BY facet))
      WHERE id = (SELECT object_id FROM image WHERE id = OLD.image_id);
    END;
  `
}
