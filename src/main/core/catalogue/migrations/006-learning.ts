import type { Migration } from './migration.ts'

/**
 * What suggestions learn from (docs/science.md, "Learning from the first decisions"): the embedding of each picture by each encoder, as 512
 * half-precision numbers, little endian, and runs of the kind `adapted`, whose predictions combine a model with the
 * catalogue's own decisions. A catalogue has one such run for its newest model; its predictions are replaced as decisions come in, and
 * so the kept counts must follow suggestions that are deleted again (trigger `prediction_removed`, as it was in the first schema).
 */
export const learning: Migration = {
  number: 6,
  name: 'learning',
  up: `
    CREATE TABLE embedding (
      image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
      encoder TEXT NOT NULL,
      vector BLOB NOT NULL,
      PRIMARY KEY (image_id, encoder)
    ) STRICT;
    ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'model' CHECK (kind IN ('model', 'adapted'));
    CREATE TRIGGER prediction_removed AFTER DELETE ON prediction WHEN OLD.rank = 1 BEGIN
      UPDATE run SET images = images - 1 WHERE id = OLD.run_id AND NOT EXISTS (
        SELECT 1 FROM prediction WHERE image_id = OLD.image_id AND run_id = OLD.run_id AND rank = 1);
      UPDATE object SET suggested_run_id = (
        SELECT max(run_id) FROM image CROSS JOIN prediction ON prediction.image_id = image.id WHERE image.object_id = object.id AND rank = 1)
      WHERE id = (SELECT object_id FROM image WHERE id = OLD.image_id);
      UPDATE object SET uncertainty = (
        SELECT 1 - avg(best) FROM (
          SELECT max(probability) AS best FROM image CROSS JOIN prediction ON prediction.image_id = image.id
          WHERE image.object_id = object.id AND run_id = object.suggested_run_id AND rank = 1 GROUP BY facet))
      WHERE id = (SELECT object_id FROM image WHERE id = OLD.image_id);
    END;
  `
}
