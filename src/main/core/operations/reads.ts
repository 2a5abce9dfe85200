/** Everything that can be read from a catalogue. Each area keeps its operations in its own folder and is joined here. */
import { annotationReads } from '../annotation/operations.ts'
import { bringInReads } from '../bring-in/operations.ts'
import { adaptationReads } from '../adaptation/operations.ts'
import { importReads } from '../import/operations.ts'
import { inferenceReads } from '../inference/operations.ts'
import { exchangeReads } from '../exchange/operations.ts'
import { inventoryReads } from '../inventory/operations.ts'
import { changesReads } from '../changes/operations.ts'
import { mediaReads } from '../media/operations.ts'
import { jobReads } from '../jobs/operations.ts'
import { trainingReads } from '../training/operations.ts'
import { numberReads } from '../numbers/operations.ts'
import { originalReads } from '../originals/operations.ts'
import { catalogueReads } from '../catalogue/operations.ts'

export const reads = {
  ...catalogueReads,
  ...jobReads,
  ...annotationReads,
  ...adaptationReads,
  ...bringInReads,
  ...importReads,
  ...numberReads,
  ...originalReads,
  ...mediaReads,
  ...inferenceReads,
  ...exchangeReads,
  ...changesReads,
  ...inventoryReads,
  ...trainingReads
}
