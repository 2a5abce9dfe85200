import type { Router } from 'vue-router'
import { api } from '../api/client.ts'
import { useCatalogue } from '../composables/useCatalogue.ts'
import { report, tell } from '../composables/useMessages.ts'
import { useOffer } from '../composables/useOffer.ts'
import { i18n } from '../locales/i18n.ts'

/**
 * Opens what a person dropped on the window or started the program with: a catalogue is opened, a folder or files are offered to
 * the import. Without an open catalogue, one has to be created first; the files wait for it.
 */
export async function openPaths(router: Router, paths: readonly string[]): Promise<void> {
  const { isOpen, open } = useCatalogue()
  try {
    const opening = await api.folders.opening({ paths: [...paths] })
    if (opening.kind === 'catalogue') {
      const { objects } = await open(opening.path)
      await router.push({ name: objects === 0 ? 'import' : 'sheet' })
      return
    }
    useOffer().give({ folder: opening.folder, files: opening.files })
    if (isOpen.value) await router.push({ name: 'import' })
    else {
      tell('note', i18n.global.t('frame.makeCatalogueFirst'))
      await router.push({ name: 'home', query: { make: 'catalogue' } })
    }
  } catch (error) {
    report(error)
  }
}
