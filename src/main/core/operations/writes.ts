/** Everything that can be written to a catalogue. Each area keeps its operations in its own folder and is joined here. */
import { annotationWrites } from '../annotation/operations.ts'
import { bringInWrites } from '../bring-in/operations.ts'
import { adaptationWrites } from '../adaptation/operations.ts'
import { exchangeWrites } from '../exchange/operations.ts'
import { importWrites } from '../import/operations.ts'
import { inferenceWrites } from '../inference/operations.ts'
import { inventoryWrites } from '../inventory/operations.ts'
import { jobWrites } from '../jobs/operations.ts'
import { numberWrites } from '../numbers/operations.ts'
import { originalWrites } from '../originals/operations.ts'
import { catalogueWrites } from '../catalogue/operations.ts'

export const writes = {
  ...catalogueWrites,
  ...jobWrites,
  ...annotationWrites,
  ...adaptationWrites,
  ...bringInWrites,
  ...importWrites,
  ...numberWrites,
  ...originalWrites,
  ...exchangeWrites,
  ...inferenceWrites,
  ...inventoryWrites
}
