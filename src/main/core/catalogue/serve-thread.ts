import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { backUpOnline, copyDatabase } from './backup.ts'
import { backupFiles, chosenFolder, describeBackup, presentHoldings } from './backup-files.ts'
import { openReader } from './connection.ts'
import { explain, packFailure } from './failure.ts'
import { cataloguePaths } from './folder.ts'
import type { BackupList, BackupReason } from '../../../shared/model/backup.ts'
import type { Operations } from './operation.ts'
import { makeCatalogue } from './make.ts'
import { restoreBackup } from './restore.ts'
import {
  backUpCall,
  closeCall,
  copyCall,
  listBackupsCall,
  openCall,
  restoreCall,
  type ThreadCall,
  type ThreadReply,
  type ThreadStart
} from './thread-protocol.ts'
import { openCatalogueWriter, type Writer } from './writer.ts'

/** The operations of a catalogue's threads. Each area defines its own; `core/operations` joins them. */
export interface ThreadOperations {
  readonly reads: Operations
  readonly writes: Operations
}

/**
 * Serves calls in a database thread. The writer opens (checks, migrates) the catalogue; readers open it afterwards. Every call gets
 * a reply, even if the operation fails.
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

  /** Replies with what `work` returns or resolves to, or its failure; a result that cannot be cloned is a failure too. */
  function answer(id: number, work: () => unknown): void {
    const started = performance.now()
    const elapsed = (): number => performance.now() - started
    const give = (result: unknown): void => port.postMessage({ id, milliseconds: elapsed(), result } satisfies ThreadReply)
    const fail = (error: unknown): void =>
      port.postMessage({ id, milliseconds: elapsed(), failure: packFailure(explain(error, folder)) } satisfies ThreadReply)
    try {
      const result = work()
      if (result instanceof Promise) result.then(give).catch(fail)
      else give(result)
    } catch (error) {
      fail(error)
    }
  }

  let opened: Writer | null = null

  /** Maintenance after an answered call: its failure is reported and has no other effect. */
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
      if (name === listBackupsCall) return listBackups(folder)
      if (name === restoreCall) return restoreBackup(String(input), folder)
      if (opened === null) throw new Error(`the catalogue is not open: ${name}`)
      if (name === backUpCall) return backUpOnline(opened.connection, input as BackupWish).then(describeBackup)
      if (name === copyCall) return copyDatabase(opened.connection, String(input))
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
      if (operation === undefined) throw new Error(`no such operation: ${name}`)
      const { connection, verify } = opened
      const transaction = connection.transaction(() => operation(connection, input))
      // A read runs in one transaction, so all its statements see the same state.
      if (role === 'reader') return transaction.deferred()
      verify()
      const result = transaction.immediate()
      // A write to a file without a name is never acknowledged.
      verify()
      return result
    })
    if (name !== closeCall) tidy()
  })
}

/** Where a backup is to be made, and why. */
interface BackupWish {
  readonly folder: string
  readonly reason: BackupReason
}

function listBackups(folder: string): BackupList {
  const present = presentHoldings(folder)
  return {
    path: folder,
    folder: chosenFolder(folder),
    present: present && { objects: present.objects, decisions: present.decisions },
    backups: backupFiles(folder).map(describeBackup)
  }
}

function portOfThread(): MessagePort {
  if (parentPort === null) throw new Error('a database thread runs as a worker thread only')
  return parentPort
}
