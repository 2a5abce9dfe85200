import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

/** Makes a folder of small pictures, each another colour, and gives back its path. */
export async function makePictures(folder: string, names: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true })
  await Promise.all(
    names.map(async (name, index) => {
      const background = { r: (index * 67) % 256, g: (index * 131) % 256, b: (index * 29 + 90) % 256 }
      await sharp({ create: { width: 320, height: 240, channels: 3, background } })
        .jpeg()
        .toFile(join(folder, name))
    })
  )
  return folder
}
