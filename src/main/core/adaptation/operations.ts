/** What learning reads from and writes to the catalogue; see the files named for each. */
import * as reads from './reads.ts'
import { removeAdapted, storeAdapted, storeEmbeddings } from './writes.ts'

const { learningCounts, picturesToEmbed, closedFacets, decidedObjects, embeddings, basePredictions } = reads
const { openObjects, objectsNear, openObject, openObjectsCount, lastAction, picturesOfObjectToEmbed, firstPictures } = reads

export const adaptationReads = {
  learningCounts,
  picturesToEmbed,
  picturesOfObjectToEmbed,
  closedFacets,
  decidedObjects,
  embeddings,
  basePredictions,
  openObjects,
  objectsNear,
  openObject,
  openObjectsCount,
  lastAction,
  firstPictures
}
export const adaptationWrites = { storeEmbeddings, storeAdapted, removeAdapted }
