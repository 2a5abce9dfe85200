import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { copyDatabase } from './backup.ts'
import { openReader } from './connection.ts'
import { explain, packFailure } from './failure.ts'
import { cataloguePaths } from './folder.ts'
import type { Operations } from './operation.ts'
import { makeCatalogue } from './make.ts'
import { closeCall, copyCall, openCall, type ThreadCall, type ThreadReply, type ThreadStart } from './thread-protocol.ts'
import { openCatalogueWriter, type Writer } from './writer.ts'

/** The operations that a catalogue's threads answer; each area keeps its own, `core/operations` joins them. */
export interface ThreadOperations {
  readonly reads: Operations
  readonly writes: Operations
}

/**
 * Answers calls as a database thread: message in, operation, message out. The writer opens (checks, migrates) the catalogue;
 * readers open it after the writer has. Every call gets its reply, whatever happens in the operation.
 */
export function serveDatabaseThread({ reads, writes }: ThreadOperations): void {
  const { role, folder, make } = workerData as ThreadStart
  const port = portOfThread()
  const operations = role === 'writer' ? writes : reads

  function open(): Writer {
    if (make !== null) makeCatalogue(folder, make)
    if (role === 'writer') return openCatalogueWriter(folder)
    const connection = openReader(cataloguePaths(folder).database)
    return { connection, verify: () => undefined, tidy: () => undefined, close: () => connection.close() }
  }

  /** Answers with what `work` returns, or with its failure; a result that cannot be cloned is a failure too. */
  function answer(id: number, work: () => unknown): void {
    const started = performance.now()
    const elapsed = (): number => performance.now() - started
    try {
      const result = work()
      port.postMessage({ id, milliseconds: elapsed(), result } satisfies ThreadReply)
    } catch (error) {
      port.postMessage({ id, milliseconds: elapsed(), failure: packFailure(explain(error, folder)) } satisfies ThreadReply)
    }
  }

  let opened: Writer | null = null

  /** Upkeep after a call that was answered: its failure is told, and ends nothing. */
  function tidy(): void {
    try {
      opened?.tidy()
    } catch (error) {
      port.postMessage({ id: 0, milliseconds: 0, failure: packFailure(explain(error, folder)) } satisfies ThreadReply)
    }
  }

  port.on('message', ({ id, name, input }: ThreadCall) => {
    answer(id, () => {
      if (name === openCall) {
        opened = open()
        return null
      }
      if (name === closeCall) {
        opened?.close()
        port.unref()
        return null
      }
      if (opened === null) throw new Error(`the catalogue is not open: ${name}`)
      if (name === copyCall) return copyDatabase(opened.connection, String(input))
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
      if (operation === undefined) throw new Error(`no such operation: ${name}`)
      const { connection, verify } = opened
      const transaction = connection.transaction(() => operation(connection, input))
      // A read runs in one transaction as well: all of its statements see the same state.
      if (role === 'reader') return transaction.deferred()
      verify()
      const result = transaction.immediate()
      // Nothing is acknowledged that went to a file without a name.
      verify()
      return result
    })
    if (name !== closeCall) tidy()
  })
}

function portOfThread(): MessagePort {
  if (parentPort === null) throw new Error('a database thread runs as a worker thread only')
  return parentPort
}
