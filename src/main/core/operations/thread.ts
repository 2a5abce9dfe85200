/** The entry of a database thread: serves every operation of the program. */
import { serveDatabaseThread } from '../catalogue/serve-thread.ts'
import { reads } from './reads.ts'
import { writes } from './writes.ts'

serveDatabaseThread({ reads, writes })
