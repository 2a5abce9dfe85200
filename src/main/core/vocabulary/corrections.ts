import { z } from 'zod'
import { termKeySchema, type Correction } from '../../../shared/model/term.ts'
import type { Trees } from './trees.ts'

/**
 * Shape of resources/vocabulary/corrections.json, which is written by hand: the Catalan label that a node should have, and
 * why the published one is wrong. Keys, and with them the dialect of the dataset, keep the published path.
 */
const fileSchema = z.array(z.object({ key: termKeySchema, ca: z.string().min(1), reason: z.object({ ca: z.string(), en: z.string() }) }))

/** The trees with our corrections applied. Throws for a key that no node has. */
export function correctTrees(trees: Trees, text: string): Trees {
  const nodes = [...trees.nodes]
  for (const { key, ca, reason } of fileSchema.parse(JSON.parse(text))) {
    const row = trees.rowOfKey.get(key)
    const node = row === undefined ? undefined : nodes[row]
    if (row === undefined || node === undefined) throw new Error(`corrections.json: no node ${key}`)
    const published =
      key
        .slice(key.indexOf('/') + 1)
        .split(' | ')
        .at(-1) ?? ''
    const correction: Correction = { published, reason }
    nodes[row] = { ...node, ca, correction }
  }
  return { ...trees, nodes }
}
