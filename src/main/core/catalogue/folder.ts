import { join } from 'node:path'

/** Ending of a catalogue's folder. */
export const catalogueEnding = '.fitxa'

/** Names of the parts of a catalogue in its folder. */
export interface CataloguePaths {
  readonly database: string
  readonly lock: string
  readonly thumbnails: string
  readonly originals: string
  readonly exports: string
  readonly backups: string
  /** Says in which folder backups are made, where a person chose one. */
  readonly backupChoice: string
  /** The copy of a backup until it takes the database's place. */
  readonly restoring: string
  readonly training: string
  /** Files that are being written; they are moved into place when complete. */
  readonly parts: string
}

/** The paths of a catalogue's parts. */
export function cataloguePaths(folder: string): CataloguePaths {
  return {
    database: join(folder, 'catalogue.sqlite'),
    lock: join(folder, 'catalogue.lock'),
    thumbnails: join(folder, 'thumbnails'),
    originals: join(folder, 'originals'),
    exports: join(folder, 'exports'),
    backups: join(folder, 'backups'),
    backupChoice: join(folder, 'backup.json'),
    restoring: join(folder, 'catalogue.sqlite.restoring'),
    training: join(folder, 'training'),
    parts: join(folder, 'parts')
  }
}
