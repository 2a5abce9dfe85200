import { computed, shallowRef } from 'vue'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'
import { api } from '../api/client.ts'

const catalogue = shallowRef<CatalogueSummary | null>(null)
const isOpen = computed(() => catalogue.value !== null)

/** Sets the open catalogue, as the core reports it. */
export function takeCatalogue(next: CatalogueSummary | null): void {
  catalogue.value = next
}

async function opened(call: Promise<CatalogueSummary>): Promise<CatalogueSummary> {
  const summary = await call
  takeCatalogue(summary)
  return summary
}

/** The open catalogue. The functions throw the core's error; the caller shows it beside its button. */
export const useCatalogue = () => ({
  catalogue,
  isOpen,
  create: (folder: string, name: string) => opened(api.catalogue.create({ folder, name })),
  open: (path: string) => opened(api.catalogue.open({ path })),
  /** Copies the open catalogue into a folder and opens the copy: the remedy if its file is lost. */
  saveElsewhere: (folder: string) => opened(api.catalogue.saveElsewhere({ folder })),
  openSample: () => opened(api.catalogue.openSample()),
  close: async () => {
    await api.catalogue.close()
    takeCatalogue(null)
  }
})
