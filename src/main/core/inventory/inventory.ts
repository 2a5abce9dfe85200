import { resolve } from 'node:path'
import type { CoreEvent } from '../../../shared/contract.ts'
import { Cancelled } from '../../../shared/errors.ts'
import type { Field, FieldChange, NewField } from '../../../shared/model/field.ts'
import {
  linkOptionsSchema,
  type InventoryFile,
  type LinkedInventory,
  type LinkOptions,
  type LinkPlan
} from '../../../shared/model/inventory.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import { hashFile } from '../lib/hash-file.ts'
import { throttled } from '../lib/throttle.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { FullLinkOptions } from './plan.ts'
import { readInThread, type PreparedLink } from './reader.ts'

/** The museum's own inventory beside the pictures, and the fields that people add. */
export interface Inventory {
  /** The sheets and columns of a file that could be linked. Throws the AppErrors of `readTable`. */
  examine(file: string, sheet: string | null): Promise<InventoryFile>
  /** What linking would do, without doing it. Also throws `inventory.noColumn`. */
  plan(options: LinkOptions): Promise<LinkPlan>
  /** The inventory that is linked now. */
  linked(): Promise<LinkedInventory | null>
  fields(): Promise<Field[]>
  addField(field: NewField): Promise<Field[]>
  changeField(change: FieldChange): Promise<Field[]>
  orderFields(ids: readonly number[]): Promise<Field[]>
  /** Runs the jobs of the kind `link`. */
  readonly runner: JobRunner
}

/** Objects that get their rows in one slice; a decision waits for one slice at most. */
const sliceSize = 1000

/** Minimum time between two events about changed objects, in milliseconds. */
const eventInterval = 1000

/** `changed` is called once a job that changed many objects ends. */
export function createInventory(options: {
  catalogue: Catalogue
  author: () => string
  publish: (event: CoreEvent) => void
  changed: () => Promise<void>
}): Inventory {
  const { catalogue, author, publish, changed } = options
  const parsed = (given: unknown): FullLinkOptions => {
    const full = linkOptionsSchema.parse(given)
    return { ...full, file: resolve(full.file) }
  }
  const prepare = async (full: FullLinkOptions): Promise<PreparedLink> =>
    readInThread({ kind: 'plan', options: full, objects: await catalogue.read('objectsToLink') })
  const told = async (write: Promise<Field[]>): Promise<Field[]> => {
    const fields = await write
    publish({ type: 'objects', ids: null })
    return fields
  }

  async function link(full: FullLinkOptions, context: JobContext): Promise<JobResult> {
    const { plan, changes, columns, sha256 } = await prepare(full)
    context.setTotal(changes.length)
    const begin = { options: full, columns, rows: plan.rows, sha256, author: author(), at: new Date().toISOString() }
    const { actionId, inventoryId } = await catalogue.write('beginLink', begin)
    const seen = throttled(() => publish({ type: 'objects', ids: null }), eventInterval)
    try {
      for (let at = 0; at < changes.length; at += sliceSize) {
        if (context.signal.aborted) throw new Cancelled()
        const slice = changes.slice(at, at + sliceSize)
        await catalogue.write('linkSlice', { actionId, inventoryId, changes: slice })
        context.count('done', slice.length)
        seen.call()
      }
      await catalogue.write('finishAction', actionId)
    } finally {
      seen.end()
      await changed()
    }
    const { added, removed, changed: changedRows } = plan.difference
    return { actionId, linked: plan.exact + plan.byRule + plan.decided, added, removed, changed: changedRows, doubts: plan.doubtCount }
  }

  return {
    runner: { kind: 'link', run: (context, given) => link(parsed(given), context) },
    async examine(file, sheet) {
      const numbers = (await catalogue.read('objectsToLink')).flatMap(({ number }) => (number === null ? [] : [number]))
      return readInThread({ kind: 'examine', file: resolve(file), sheet, numbers })
    },
    plan: async (given) => (await prepare(parsed(given))).plan,
    async linked() {
      const found = await catalogue.read('linkedInventory')
      if (found === null) return null
      const { sha256, ...inventory } = found
      const now = await hashFile(inventory.file).catch(() => null)
      return { ...inventory, changed: now === null ? null : now !== sha256 }
    },
    fields: () => catalogue.read('fields'),
    addField: (field) => told(catalogue.write('addField', field)),
    changeField: (change) => told(catalogue.write('changeField', change)),
    orderFields: (ids) => told(catalogue.write('orderFields', ids))
  }
}
