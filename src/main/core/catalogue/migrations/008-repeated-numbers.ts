import type { Migration } from './migration.ts'

/**
 * Lets two objects have the same inventory number, if a person allows it; and lets numbers be swapped, which a unique index
 * would refuse half-way. Imports still give a number to one object only.
 */
export const repeatedNumbers: Migration = {
  number: 8,
  name: 'repeated-numbers',
  up: `
    DROP INDEX object_by_inventory_number;
    CREATE INDEX object_by_inventory_number ON object (inventory_number) WHERE inventory_number IS NOT NULL;
  `
}
