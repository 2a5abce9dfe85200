import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a run writes on the machine, by the names of the files there. */
export const outputs = ['output.jsonl', 'log.txt'] as const
export type Output = (typeof outputs)[number]

/**
 * Copies of what a run has written on the machine, here in `folder`. Their sizes are the offsets from which to follow on: after a
 * broken connection as after a restart of Fitxa, nothing is lost and nothing comes twice.
 */
export interface Mirror {
  /** Sizes of the copies in bytes, after making sure that they are of the run with this identity; those of another are dropped. */
  offsets(identity: string, sizes: Readonly<Record<Output, number>>): Promise<Record<Output, number>>
  add(output: Output, data: Buffer): Promise<void>
  /** A copy's content from an offset on; empty before there is one. */
  read(output: Output, offset?: number): Promise<Buffer>
}

export function createMirror(folder: string): Mirror {
  const identityFile = join(folder, 'identity')
  const size = (output: Output): Promise<number> =>
    stat(join(folder, output)).then(
      (found) => found.size,
      () => 0
    )
  return {
    async offsets(identity, sizes) {
      await mkdir(folder, { recursive: true })
      const known = await readFile(identityFile, 'utf8').catch(() => null)
      const result = { 'output.jsonl': await size('output.jsonl'), 'log.txt': await size('log.txt') }
      if (known === identity && outputs.every((output) => result[output] <= sizes[output])) return result
      await Promise.all(outputs.map((output) => rm(join(folder, output), { force: true })))
      await writeFile(identityFile, identity)
      return { 'output.jsonl': 0, 'log.txt': 0 }
    },
    add: (output, data) => appendFile(join(folder, output), data),
    read: async (output, offset = 0) => (await readFile(join(folder, output)).catch(() => Buffer.alloc(0))).subarray(offset)
  }
}

/** Cuts what arrives in pieces into lines; empty ones are left out. */
export function createLines(onLine: (line: string) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (data) => {
    rest = Buffer.concat([rest, data])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8').trimEnd()
      rest = rest.subarray(end + 1)
      if (line !== '') onLine(line)
    }
  }
}
