/** What bringing files in reads from and writes to the catalogue; see the files named for each. */
import { beginBringIn, bringInSlice, bringInUpTo } from './bring-in-slice.ts'
import { objectsOfNames } from './objects-of-names.ts'

export const bringInReads = { objectsOfNames, bringInUpTo }
export const bringInWrites = { beginBringIn, bringInSlice }
