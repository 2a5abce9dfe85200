/**
 * Program of the kill test: opens the given catalogue (or creates it), resumes its import (or starts one), and reports on stdout.
 * It also watches that no file is examined whose result the catalogue already had when the program started.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { createCatalogue, openCatalogue } from '../operations/catalogue.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createLog } from '../log/log.ts'
import type { Examined, ExamineTask } from '../media/examine.ts'
import { createMedia } from '../media/media.ts'
import { createImports } from './import.ts'
import { createImportRunner } from './runner.ts'

const [folder = '', photos = '', limit = ''] = process.argv.slice(2)
/** Files that may be examined; all where nobody kills. */
const most = limit === '' ? Infinity : Number(limit)
const log = createLog({ folder: null })
const catalogue = existsSync(folder) ? await openCatalogue(folder) : await createCatalogue(dirname(folder), 'killed')
const jobId = (await catalogue.read('jobs', { limit: 1 }))[0]?.id ?? null

const done = new Set<string>()
for (let after = ''; jobId !== null;) {
  const items = await catalogue.read('importItems', { jobId, state: null, problems: false, after, limit: 500 })
  for (const item of items) if (item.state !== 'pending') done.add(item.path)
  const last = items.at(-1)
  if (last === undefined) break
  after = last.path
}

const threads = createMedia({ threads: 2 })
let examined = 0

/** Reports each examined file, and after `most` of them finishes none, so that the kill cannot come too late. */
const watch =
  (examine: (task: ExamineTask, signal?: AbortSignal) => Promise<Examined>) =>
  async (task: ExamineTask, signal?: AbortSignal): Promise<Examined> => {
    if (done.has(task.file)) process.stdout.write(`twice ${task.file}\n`)
    const result = await examine(task, signal)
    if (++examined > most) await new Promise(() => undefined)
    process.stdout.write('examined\n')
    return result
  }
const media = { ...threads, examine: watch(threads.examine), examineApart: watch(threads.examineApart) }
const finished = new Promise<void>((resolve) => {
  const publish = (event: { type: string; job?: { state: string } }): void => {
    if (event.type === 'job' && ['done', 'failed'].includes(event.job?.state ?? '')) resolve()
  }
  const runner = createImportRunner({ catalogue, media, publish, log, predict: () => Promise.resolve(), backUp: () => Promise.resolve() })
  const jobs = createJobs({ catalogue, publish, runners: [runner], log })
  void jobs.takeUp({ resumeImports: true }).then(async () => {
    if (jobId === null) await createImports({ catalogue, jobs }).start({ folder: photos })
  })
})
await finished
const id = (await catalogue.read('jobs', { limit: 1 }))[0]?.id ?? 0
const { objects, images } = await catalogue.read('statistics')
process.stdout.write(`result ${JSON.stringify({ counts: await catalogue.read('importCounts', id), objects, images })}\n`)
await media.close()
await catalogue.close()
