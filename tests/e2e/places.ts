import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')
export const resourcesFolder = join(root, 'resources')
export const sampleFolder = join(resourcesFolder, 'sample', 'images')

/** Where the program keeps the catalogue of the sample collection in its data folder. */
export const sampleCatalogue = (dataFolder: string): string => join(dataFolder, 'samples', 'Mostra.fitxa')
