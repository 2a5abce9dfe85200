import { extname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { ModelCard } from '../../../shared/model/model.ts'
import { readRegular } from '../lib/regular-file.ts'
import type { Bundle } from './bundle.ts'

/** Every bundle has its card in English; those of older trainers have no other. */
const cardFiles: Readonly<Record<Language, string>> = { en: 'card.md', ca: 'card.ca.md' }

/** Kinds of pictures that a card may hold; as pictures of the page none of them can run anything. */
const pictureTypes: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png' }

/** Plots are small; a card does not bring larger pictures to the page. */
const largestPicture = 2_000_000

/** Longest card that is read, in bytes. */
const largestCard = 2_000_000

/** A picture of a Markdown text that names a file beside it. */
const pictureNames = /!\[[^\]]*\]\(([\w.-]+)\)/g

/** Reads the card of a bundle in `wanted`, or in English where the manifest lists no other, with those of its pictures that the manifest lists. AppError `bundle.noCard`. */
export async function readCard({ folder, manifest }: Bundle, wanted: Language): Promise<ModelCard> {
  const language = manifest.files[cardFiles[wanted]] === undefined ? 'en' : wanted
  const cardFile = cardFiles[language]
  const text = await readRegular(join(folder, cardFile), largestCard).catch((cause: unknown) => {
    throw new AppError('bundle.noCard', { bundle: manifest.id, file: cardFile }, cause)
  })
  const markdown = text.toString('utf8')
  const pictures: Record<string, string> = {}
  for (const [, name = ''] of markdown.matchAll(pictureNames)) {
    const type = pictureTypes[extname(name)]
    const listed = manifest.files[name]
    if (type === undefined || listed === undefined || listed.bytes > largestPicture) continue
    // A bundle that lacks a file says so in the list of models; its card is readable all the same.
    const content = await readRegular(join(folder, name), largestPicture).catch(() => null)
    if (content !== null) pictures[name] = `data:${type};base64,${content.toString('base64')}`
  }
  return { language, markdown, pictures }
}
