/** Everything that can be read from a catalogue. Each area keeps its operations in its own folder and is joined here. */
import { jobReads } from '../jobs/operations.ts'
import { catalogueReads } from './operations.ts'

export const reads = {
  ...catalogueReads,
  ...jobReads
}
