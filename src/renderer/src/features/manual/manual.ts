import { shallowRef } from 'vue'
import type { Language } from '../../../../shared/model/facet.ts'
import { typeset } from '../../../../shared/locales/typeset.ts'
import { useOverlays, type Overlay } from '../../composables/useOverlays.ts'

/** Pages of the user manual in their order; each is a file `docs/manual/<language>/<page>.md`. */
export const manualPages = [
  ...(['first-steps', 'home', 'import', 'sheet', 'record', 'inventory', 'history'] as const),
  ...(['export', 'models', 'settings', 'keys', 'glossary'] as const)
] as const
export type ManualPage = (typeof manualPages)[number]

export const isManualPage = (name: unknown): name is ManualPage => (manualPages as readonly unknown[]).includes(name)

const texts = import.meta.glob<string>('../../../../../docs/manual/*/*.md', { query: '?raw', import: 'default' })
const files = import.meta.glob<string>('../../../../../docs/manual/images/*/*.webp', { eager: true, query: '?url', import: 'default' })

const nameBelow = (folder: string, path: string): string => path.slice(path.indexOf(folder) + folder.length)
const loaders = new Map(Object.entries(texts).map(([path, load]) => [nameBelow('/manual/', path), load]))

/** Addresses of the pictures by their path in the pages (`../images/ca/record.webp`). */
export const manualPictures: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(files).map(([path, address]) => [`../images/${nameBelow('/images/', path)}`, address])
)

/** The text of a page, as Markdown, with typographic apostrophes as in the rest of the window. */
export async function manualText(page: ManualPage, language: Language): Promise<string> {
  const load = loaders.get(`${language}/${page}.md`)
  if (load === undefined) throw new Error(`the manual has no page ${page} in ${language}`)
  return typeset(await load())
}

/** The page about what is on screen: a dialog of the frame, or the screen itself. */
export function pageAbout(screen: unknown, overlay: Overlay | null): ManualPage {
  if (overlay === 'settings' || overlay === 'keys') return overlay
  return isManualPage(screen) ? screen : 'first-steps'
}

const page = shallowRef<ManualPage>('first-steps')

/** The user manual: the page at which it is open. */
export function useManual() {
  const overlays = useOverlays()
  return {
    page,
    /** Opens the page about a screen. */
    openAbout: (screen: unknown): void => {
      page.value = pageAbout(screen, overlays.shown.value)
      overlays.open('manual')
    }
  }
}
