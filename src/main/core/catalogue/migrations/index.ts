import { initial } from './001-initial.ts'
import { trainingJobs } from './002-training-jobs.ts'
import { unusedParts } from './003-unused-parts.ts'
import { bulkJobs } from './004-bulk-jobs.ts'
import { fields } from './005-fields.ts'
import { learning } from './006-learning.ts'
import { removedRuns } from './007-removed-runs.ts'
import { repeatedNumbers } from './008-repeated-numbers.ts'
import { missingOriginals } from './009-missing-originals.ts'
import type { Migration } from './migration.ts'

/** All migrations in order, without gaps. A released one is never changed: correct its result in a new one. */
export const migrations: readonly Migration[] = [
  initial,
  trainingJobs,
  unusedParts,
  bulkJobs,
  fields,
  learning,
  removedRuns,
  repeatedNumbers,
  missingOriginals
]
