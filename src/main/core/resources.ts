import { join } from 'node:path'

/** Locations of the program's own files in its resources folder. */
export interface ResourceFolders {
  readonly vocabulary: string
  readonly models: string
  /** The picture encoder, where it was fetched. */
  readonly encoder: string
  readonly sample: string
  readonly lidoSchema: string
  /** Fonts of printed pages. */
  readonly fonts: string
}

export function resourceFolders(resources: string): ResourceFolders {
  return {
    vocabulary: join(resources, 'vocabulary'),
    models: join(resources, 'models'),
    encoder: join(resources, 'encoder'),
    sample: join(resources, 'sample', 'images'),
    lidoSchema: join(resources, 'schemas', 'lido'),
    fonts: join(resources, 'fonts')
  }
}
