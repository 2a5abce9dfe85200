import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** A path inside the checkout. @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts)
