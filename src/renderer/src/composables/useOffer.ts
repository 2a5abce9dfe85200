import { shallowRef } from 'vue'

/** What a person handed to the program for an import; `files` relative to the folder, null = all of it. */
export interface ImportOffer {
  readonly folder: string
  readonly files: readonly string[] | null
}

const offer = shallowRef<ImportOffer | null>(null)

/** Keeps what is to be imported until the screen of imports takes it. */
export const useOffer = () => ({
  offer,
  give: (next: ImportOffer) => void (offer.value = next),
  /** What was kept, which is then gone. */
  take: (): ImportOffer | null => {
    const taken = offer.value
    offer.value = null
    return taken
  }
})
