/** Waits of tests end by what they wait for. The limits only end a test that would never end, on a machine however loaded. */
import { vi } from 'vitest'

/** How long a test waits for a condition before it counts as never coming, milliseconds. */
const patience = 60_000

const { waitFor } = vi
vi.waitFor = (condition, options) => waitFor(condition, typeof options === 'number' ? options : { timeout: patience, ...options })
