import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('creates the tables of a catalogue', () => {
  const connection = databaseAt(0)
  migrate(connection, { folder: ':memory:', target: 1 })
  const tables = connection.prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all()
  expect(tables.map(({ name }) => name)).toEqual([
    'action',
    'annotation',
    'event',
    'facet_state',
    'image',
    'job',
    'job_item',
    'location',
    'object',
    'prediction',
    'property',
    'root',
    'run',
    'term'
  ])
})

it('enforces its constraints', () => {
  const connection = databaseAt(1)
  connection.exec(`
    INSERT INTO object (id, number_key, created_at) VALUES (1, 'a', 'now');
    INSERT INTO action (id, kind, author, at) VALUES (1, 'flag', 'MP', 'now');
    INSERT INTO event (action_id, object_id, subject, before, after) VALUES (1, 1, 'flag', 'false', 'true')`)
  expect(() => connection.exec(`UPDATE event SET after = 'false'`)).toThrow('append-only')
  expect(() => connection.exec('DELETE FROM event')).toThrow('append-only')
  expect(() => connection.exec(`UPDATE object SET status = 'finished'`)).toThrow('CHECK')
  expect(() => connection.exec(`INSERT INTO event (action_id, object_id, subject) VALUES (1, 2, 'flag')`)).toThrow('FOREIGN KEY')
})

it('derives the run, the uncertainty and the number of images from predictions, and again when a run goes', () => {
  const connection = databaseAt(1)
  connection.exec(`
    INSERT INTO object (id, number_key, created_at) VALUES (1, 'a', 'now'), (2, 'b', 'now');
    INSERT INTO image (id, object_id, sha256, format, bytes, width, height, metadata, imported_at)
      VALUES (1, 1, 'x', 'jpeg', 1, 1, 1, '{}', 'now'), (2, 1, 'y', 'jpeg', 1, 1, 1, '{}', 'now');
    INSERT INTO run (id, bundle_id, bundle_version, bundle_sha256, device, started_at)
      VALUES (1, 'b', '1', 'h', 'cpu', 'now'), (2, 'b', '2', 'h', 'cpu', 'now');
    INSERT INTO term (id, key, facet, concept_id) VALUES (1, 'materials/a', 'materials', 1), (2, 'subjects/b', 'subjects', 2);
    INSERT INTO prediction (image_id, run_id, facet, rank, term_id, score, probability, members) VALUES
      (1, 1, 'materials', 1, 1, 0.9, 0.9, '{}'), (1, 1, 'subjects', 1, 2, 0.5, 0.5, '{}'), (2, 1, 'materials', 1, 1, 0.4, 0.4, '{}')`)
  const read = (sql: string): unknown => connection.prepare(sql).all()
  expect(read('SELECT id, suggested_run_id AS run, round(uncertainty, 6) AS uncertainty FROM object')).toEqual([
    { id: 1, run: 1, uncertainty: 0.3 },
    { id: 2, run: null, uncertainty: null }
  ])
  connection.exec(`INSERT INTO prediction VALUES (2, 2, 'materials', 1, 1, 0.8, 0.8, '{}')`)
  expect(read('SELECT id, images FROM run')).toEqual([
    { id: 1, images: 2 },
    { id: 2, images: 1 }
  ])
  expect(read('SELECT suggested_run_id AS run, round(uncertainty, 6) AS uncertainty FROM object WHERE id = 1')).toEqual([
    { run: 2, uncertainty: 0.2 }
  ])
  connection.exec('DELETE FROM prediction WHERE run_id = 2')
  expect(read('SELECT suggested_run_id AS run, round(uncertainty, 6) AS uncertainty FROM object WHERE id = 1')).toEqual([
    { run: 1, uncertainty: 0.3 }
  ])
  expect(read('SELECT images FROM run WHERE id = 2')).toEqual([{ images: 0 }])
})
