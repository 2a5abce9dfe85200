CREATE TABLE action (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  object_id INTEGER REFERENCES object (id),
  data TEXT NOT NULL DEFAULT '{}',
  reverses INTEGER REFERENCES action (id),
  undone_by INTEGER REFERENCES action (id)
) STRICT;

CREATE INDEX action_by_author ON action (author, id) WHERE kind NOT IN ('undo', 'redo');

CREATE INDEX action_by_reversed ON action (reverses, id) WHERE reverses IS NOT NULL;

CREATE INDEX action_in_force ON action (author, id) WHERE undone_by IS NULL AND kind NOT IN ('undo', 'redo');

CREATE INDEX action_undone ON action (author, undone_by) WHERE undone_by IS NOT NULL;

CREATE TABLE annotation (
  object_id INTEGER NOT NULL REFERENCES object (id),
  concept_id INTEGER NOT NULL REFERENCES term (id),
  term_id INTEGER NOT NULL REFERENCES term (id),
  facet TEXT NOT NULL CHECK (facet IN ('objectTypes', 'materials', 'disciplines', 'subjects')),
  state TEXT NOT NULL CHECK (state IN ('accepted', 'rejected', 'uncertain')),
  certainty TEXT NOT NULL CHECK (certainty IN ('certain', 'probable')),
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  made_by TEXT NOT NULL CHECK (made_by IN ('person', 'rule')),
  run_id INTEGER REFERENCES run (id),
  rank INTEGER,
  probability REAL,
  action_id INTEGER NOT NULL REFERENCES action (id),
  PRIMARY KEY (object_id, concept_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX annotation_by_concept ON annotation (concept_id, state);

CREATE TABLE embedding (
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  encoder TEXT NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (image_id, encoder)
) STRICT;

CREATE TABLE "event" (
  id INTEGER PRIMARY KEY,
  action_id INTEGER NOT NULL REFERENCES action (id),
  object_id INTEGER NOT NULL REFERENCES object (id),
  subject TEXT NOT NULL,
  facet TEXT,
  concept_id INTEGER REFERENCES term (id),
  field_id INTEGER REFERENCES field (id),
  before TEXT,
  after TEXT
) STRICT;

CREATE INDEX event_by_action ON event (action_id, object_id);

CREATE INDEX event_by_object ON event (object_id, id);

CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE TABLE facet_state (
  object_id INTEGER NOT NULL REFERENCES object (id),
  facet TEXT NOT NULL CHECK (facet IN ('objectTypes', 'materials', 'disciplines', 'subjects')),
  state TEXT NOT NULL CHECK (state IN ('closed', 'notApplicable', 'notVisible')),
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  action_id INTEGER NOT NULL REFERENCES action (id),
  PRIMARY KEY (object_id, facet)
) STRICT, WITHOUT ROWID;

CREATE INDEX facet_state_by_facet ON facet_state (facet);

CREATE TABLE field (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('linked', 'text', 'longText', 'date', 'number', 'choice')),
  name TEXT NOT NULL,
  meaning TEXT NOT NULL DEFAULT 'other',
  position INTEGER NOT NULL,
  shown INTEGER NOT NULL DEFAULT 1 CHECK (shown IN (0, 1)),
  choices TEXT NOT NULL DEFAULT '[]',
  UNIQUE (kind, name)
) STRICT;

CREATE TABLE field_value (
  object_id INTEGER NOT NULL REFERENCES object (id),
  field_id INTEGER NOT NULL REFERENCES field (id),
  value TEXT NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  action_id INTEGER NOT NULL REFERENCES action (id),
  PRIMARY KEY (object_id, field_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX field_value_by_field ON field_value (field_id, value);

CREATE TABLE image (
  id INTEGER PRIMARY KEY,
  object_id INTEGER NOT NULL REFERENCES object (id),
  sha256 TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  pages INTEGER NOT NULL DEFAULT 1,
  orientation INTEGER NOT NULL DEFAULT 1,
  view TEXT,
  position INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL,
  imported_at TEXT NOT NULL
, missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1))) STRICT;

CREATE INDEX image_by_object ON image (object_id, position, id);

CREATE INDEX image_missing ON image (object_id) WHERE missing = 1;

CREATE TABLE inventory (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL,
  sheet TEXT,
  sha256 TEXT NOT NULL,
  number_column TEXT NOT NULL,
  rules TEXT NOT NULL,
  columns TEXT NOT NULL,
  rows INTEGER NOT NULL,
  action_id INTEGER REFERENCES action (id)
) STRICT;

CREATE TABLE inventory_row (
  id INTEGER PRIMARY KEY,
  inventory_id INTEGER NOT NULL REFERENCES inventory (id),
  number TEXT NOT NULL,
  cells TEXT NOT NULL
) STRICT;

CREATE INDEX inventory_row_by_inventory ON inventory_row (inventory_id);

CREATE TABLE "job" (
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

CREATE TABLE job_item (
  job_id INTEGER NOT NULL REFERENCES job (id),
  key TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  data TEXT NOT NULL DEFAULT '{}',
  object_id INTEGER REFERENCES object (id),
  PRIMARY KEY (job_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_item_by_state ON job_item (job_id, state, key);

CREATE TABLE location (
  root_id INTEGER NOT NULL REFERENCES root (id),
  path TEXT NOT NULL,
  image_id INTEGER NOT NULL REFERENCES image (id),
  modified_at INTEGER NOT NULL,
  PRIMARY KEY (root_id, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX location_by_image ON location (image_id);

CREATE TABLE object (
  id INTEGER PRIMARY KEY,
  inventory_number TEXT,
  number_key TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'inWork', 'closed')),
  flagged INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1)),
  note TEXT NOT NULL DEFAULT '',
  suggested_run_id INTEGER REFERENCES run (id),
  uncertainty REAL,
  search_text TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL
, field_text TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX object_by_inventory_number ON object (inventory_number) WHERE inventory_number IS NOT NULL;

CREATE INDEX object_by_number ON object (number_key, id);

CREATE INDEX object_by_status ON object (status, number_key, id);

CREATE TABLE object_row (
  object_id INTEGER PRIMARY KEY REFERENCES object (id),
  row_id INTEGER NOT NULL REFERENCES inventory_row (id)
) STRICT;

CREATE INDEX object_row_by_row ON object_row (row_id);

CREATE TABLE prediction (
  image_id INTEGER NOT NULL REFERENCES image (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  facet TEXT NOT NULL CHECK (facet IN ('objectTypes', 'materials', 'disciplines', 'subjects')),
  rank INTEGER NOT NULL,
  term_id INTEGER NOT NULL REFERENCES term (id),
  score REAL NOT NULL,
  probability REAL NOT NULL,
  members TEXT NOT NULL,
  PRIMARY KEY (image_id, run_id, facet, rank)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER prediction_added AFTER INSERT ON prediction WHEN NEW.rank = 1 BEGIN
  UPDATE run SET images = images + 1 WHERE id = NEW.run_id AND 1 = (
    SELECT count(*) FROM prediction WHERE image_id = NEW.image_id AND run_id = NEW.run_id AND rank = 1);
  UPDATE object SET
    suggested_run_id = NEW.run_id,
    uncertainty = (
      SELECT 1 - avg(best) FROM (
        SELECT max(probability) AS best FROM image CROSS JOIN prediction ON prediction.image_id = image.id
        WHERE image.object_id = object.id AND run_id = NEW.run_id AND rank = 1 GROUP BY facet))
  WHERE id = (SELECT object_id FROM image WHERE id = NEW.image_id) AND coalesce(suggested_run_id, 0) <= NEW.run_id;
END;

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

CREATE TABLE property (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE root (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  bundle_id TEXT NOT NULL,
  bundle_version TEXT NOT NULL,
  bundle_sha256 TEXT NOT NULL,
  device TEXT NOT NULL,
  job_id INTEGER REFERENCES job (id) ON DELETE SET NULL,
  images INTEGER NOT NULL DEFAULT 0,
  started_at TEXT NOT NULL,
  finished_at TEXT
, kind TEXT NOT NULL DEFAULT 'model' CHECK (kind IN ('model', 'adapted')), removed_by INTEGER REFERENCES action (id)) STRICT;

CREATE INDEX run_by_job ON run (job_id);

CREATE TABLE term (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  facet TEXT NOT NULL CHECK (facet IN ('objectTypes', 'materials', 'disciplines', 'subjects')),
  aat_id TEXT,
  concept_id INTEGER NOT NULL REFERENCES term (id)
) STRICT;

CREATE INDEX term_by_aat ON term (aat_id, facet);

CREATE INDEX term_by_concept ON term (concept_id);
