/** The catalogue operations of imports. */
import { itemReads, itemWrites } from './items.ts'
import { locationWrites } from './locations.ts'
import { numberedObjectReads } from './numbered-objects.ts'
import { takeWrites } from './take.ts'

export const importReads = { ...itemReads, ...numberedObjectReads }
export const importWrites = { ...itemWrites, ...locationWrites, ...takeWrites }
