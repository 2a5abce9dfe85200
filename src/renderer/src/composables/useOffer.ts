import { shallowRef } from 'vue'

/** Files that a person passed to the program for an import; `files` are relative to the folder, null = all of it. */
export interface ImportOffer {
  readonly folder: string
  readonly files: readonly string[] | null
}

const offer = shallowRef<ImportOffer | null>(null)

/** Keeps what is to be imported until the screen of imports takes it. */
export const useOffer = () => ({
  offer,
  give: (next: ImportOffer) => void (offer.value = next),
  /** Takes the kept files; a second call returns nothing. */
  take: (): ImportOffer | null => {
    const taken = offer.value
    offer.value = null
    return taken
  }
})
