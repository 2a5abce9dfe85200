import { shallowRef } from 'vue'
import type { Backup, BackupList } from '../../../../shared/model/backup.ts'
import { api } from '../../api/client.ts'
import { failureOf } from '../../api/failure.ts'
import { useCatalogue } from '../../composables/useCatalogue.ts'
import { useOverlays } from '../../composables/useOverlays.ts'

/** The catalogue whose backups are shown, if it is one that cannot be opened. */
const damaged = shallowRef<{ readonly path: string; readonly sentence: string } | null>(null)

const offering = ['catalogue.damagedWithBackup', 'catalogue.damagedCounted', 'catalogue.emptiedWithBackup']

/**
 * Shows the backups, if any, of a catalogue that could not be opened because it is damaged.
 * @returns whether the error was of this kind
 */
export function offerBackups(path: string, error: unknown, sentence: string | null): boolean {
  const failure = failureOf(error)
  if (failure.kind !== 'told' || !offering.includes(failure.code)) return false
  damaged.value = { path, sentence: sentence ?? '' }
  useOverlays().open('backups')
  return true
}

/** The backups of the open catalogue, or of the one that could not be opened. The functions fail with the core's error. */
export function useBackups() {
  const list = shallowRef<BackupList | null>(null)
  const { open } = useCatalogue()

  const read = async (): Promise<void> => {
    list.value = await api.backups.list({ path: damaged.value?.path ?? null })
  }
  return {
    list,
    damaged,
    read,
    /** Forgets the damaged catalogue: the dialog is closed. */
    forget(): void {
      damaged.value = null
      list.value = null
    },
    async make(): Promise<Backup> {
      const made = await api.backups.make()
      await read()
      return made
    },
    async setFolder(folder: string | null): Promise<void> {
      list.value = await api.backups.setFolder({ folder })
    },
    async restore(file: string, path: string): Promise<void> {
      await api.backups.restore({ file, path })
      // It is open now; asking again gives the page its name and counts.
      await open(path)
      damaged.value = null
      await read()
    }
  }
}
