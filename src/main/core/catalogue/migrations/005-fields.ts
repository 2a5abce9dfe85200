import type { Migration } from './migration.ts'

/**
 * Fields of objects: those of the museum's inventory, which come from a file (`inventory`, `inventory_row`, `object_row`), and those that
 * people fill in here (`field_value`). A row of an inventory is never changed: linking the file again adds rows and points objects to
 * them, so that undo points them back. `cells` is JSON: column → text, empty ones left out. A field of the kind `linked` shows the
 * column of its name; an inventory is linked as long as its action is not undone (none: it changed nothing). `object.field_text` is
 * the folded text that the text filter searches, derived from both.
 *
 * `event.subject` may be anything that `annotation/undo.ts` knows; a CHECK would need a new table for each.
 */
export const fields: Migration = {
  number: 5,
  name: 'fields',
  rebuildsTables: true,
  up: `
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

    CREATE TABLE object_row (
      object_id INTEGER PRIMARY KEY REFERENCES object (id),
      row_id INTEGER NOT NULL REFERENCES inventory_row (id)
    ) STRICT;
    CREATE INDEX object_row_by_row ON object_row (row_id);

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

    ALTER TABLE object ADD COLUMN field_text TEXT NOT NULL DEFAULT '';

    CREATE TABLE event_new (
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
    INSERT INTO event_new SELECT id, action_id, object_id, subject, facet, concept_id, NULL, before, after FROM event;
    DROP TABLE event;
    ALTER TABLE event_new RENAME TO event;
    CREATE INDEX event_by_action ON event (action_id, object_id);
    CREATE INDEX event_by_object ON event (object_id, id);
    CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
    CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
  `
}
