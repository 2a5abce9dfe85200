import type { Migration } from './migration.ts'

/** Marks the images whose original was not found at any of its locations when it was last looked for (core/originals). */
export const missingOriginals: Migration = {
  number: 9,
  name: 'missing-originals',
  up: `
    ALTER TABLE image ADD COLUMN missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1));
    CREATE INDEX image_missing ON image (object_id) WHERE missing = 1;
  `
}
