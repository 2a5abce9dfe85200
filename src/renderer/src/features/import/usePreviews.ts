import { api } from '../../api/client.ts'

/** Previews drawn in parallel: each one occupies a media process of the core. */
const sideBySide = 2

/** Pictures of files that are not imported yet, asked for one after the other and kept as long as the screen. */
export interface Previews {
  /** A `data:` address; null if the file cannot be shown. */
  of(folder: string, name: string): Promise<string | null>
}

export function createPreviews(draw: (folder: string, name: string) => Promise<string | null> = drawInCore): Previews {
  const kept = new Map<string, Promise<string | null>>()
  const waiting: (() => void)[] = []
  let running = 0

  async function inTurn(folder: string, name: string): Promise<string | null> {
    if (running >= sideBySide) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await draw(folder, name)
    } catch {
      // The import will report what is wrong with the file; here it just has no picture.
      return null
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    of(folder, name) {
      const key = `${folder}\n${name}`
      const preview = kept.get(key) ?? inTurn(folder, name)
      kept.set(key, preview)
      return preview
    }
  }
}

async function drawInCore(folder: string, name: string): Promise<string | null> {
  return (await api.imports.preview({ folder, name })).image
}
