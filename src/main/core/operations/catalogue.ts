import { createCatalogueFolder, openCatalogueFolder, type CatalogueLog, type CatalogueWith } from '../catalogue/catalogue.ts'
import type { reads } from './reads.ts'
import type { writes } from './writes.ts'

/** An open catalogue with every operation of the program. */
export type Catalogue = CatalogueWith<typeof reads, typeof writes>

/** Opens a catalogue's folder; see `openCatalogueFolder` for what it throws. */
export const openCatalogue = (folder: string, log?: CatalogueLog): Promise<Catalogue> => openCatalogueFolder(folder, log)

/** Makes the folder `<folder>/<name>.fitxa` with an empty catalogue and opens it; see `createCatalogueFolder`. */
export const createCatalogue = (folder: string, name: string, log?: CatalogueLog): Promise<Catalogue> =>
  createCatalogueFolder(folder, name, log)
