import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Programs that run in their own thread or process: name of the built file, and the source beside this one. */
const entries = {
  'catalogue-thread': 'operations/thread.ts',
  'media-process': 'media/process.ts',
  'inference-process': 'inference/process.ts',
  'inference-thread': 'inference/thread.ts',
  'learning-thread': 'adaptation/thread.ts',
  'validation-process': 'exchange/validation/process.ts',
  'inventory-thread': 'inventory/thread.ts',
  'core-process': 'process.ts'
} as const

export type EntryName = keyof typeof entries

/**
 * File to start for a thread or child process. Run from source (tests, scripts) it is the TypeScript source, which Node
 * executes by itself; in the build every entry lies as `<name>.js` beside the bundle that holds this module.
 */
export function entryFile(name: EntryName): string {
  const here = fileURLToPath(import.meta.url)
  return here.endsWith('.ts') ? join(dirname(here), entries[name]) : join(dirname(here), `${name}.js`)
}
