import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createJobs } from '../../../src/main/core/jobs/jobs.ts'
import { createImports } from '../../../src/main/core/import/import.ts'
import { createImportRunner } from '../../../src/main/core/import/runner.ts'
import { createLog } from '../../../src/main/core/log/log.ts'
import type { ExamineTask } from '../../../src/main/core/media/examine.ts'
import { createMedia } from '../../../src/main/core/media/media.ts'
import { createCatalogue } from '../../../src/main/core/operations/catalogue.ts'
import type { ImportItem } from '../../../src/shared/model/job.ts'
import type { Attack, Findings, Ground } from '../lib/attack.ts'
import { damagedFiles, describedFiles, heavyFiles, type NastyFile } from '../lib/nasty-files.ts'

/** No file may take longer, in seconds. */
const longest = 60

/** Damaged files of a full run. */
const damaged = 320

/** Imports files that are truncated, corrupted, inflated or that claim a wrong size, with good ones between them. */
export const nastyFiles: Attack = {
  name: 'nasty-files',
  about: 'an import of damaged pictures, hostile descriptions, claims of size, and a pipe in the place of a file',
  async run(ground) {
    const photos = join(ground.folder, 'photos')
    mkdirSync(photos)
    const files = [...(await damagedFiles(ground.trials(damaged), ground.random)), ...(await describedFiles()), ...(await heavyFiles())]
    for (const { name, bytes } of files) writeFileSync(join(photos, name), bytes)
    // Its name is listed as that of a file and leads to a pipe when it is opened.
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(photos, 'pipe')])
    ground.progress(`${files.length} files`)
    const { items, times, state } = await importAll(ground, photos)
    judge(ground.findings, files, items)
    ground.findings.trials += files.length
    if (state !== 'done') ground.findings.endings++
    const slow = [...times].filter(([, seconds]) => seconds > longest)
    ground.findings.hangs += slow.length
    const [name, seconds] = [...times].sort((a, b) => b[1] - a[1])[0] ?? ['', 0]
    ground.findings.notes.push(`longest file: ${name}, ${seconds.toFixed(1)} s`, ...slow.map(([file]) => `over ${longest} s: ${file}`))
  }
}

async function importAll(ground: Ground, photos: string): Promise<{ items: ImportItem[]; times: Map<string, number>; state: string }> {
  const catalogue = await createCatalogue(ground.folder, 'nasty')
  const media = createMedia({ threads: Math.min(2, availableParallelism()) })
  const times = new Map<string, number>()
  const timed = {
    ...media,
    examine: async (task: ExamineTask, signal?: AbortSignal) => {
      const started = performance.now()
      try {
        return await media.examine(task, signal)
      } finally {
        times.set(task.file, (performance.now() - started) / 1000)
      }
    }
  }
  const log = createLog({ folder: null })
  let tell: (state: string) => void = () => undefined
  const ended = new Promise<string>((resolve) => (tell = resolve))
  const publish = (event: { type: string; job?: { state: string } }): void => {
    if (event.type === 'job' && ['done', 'failed', 'stopped'].includes(event.job?.state ?? '')) tell(event.job?.state ?? '')
  }
  const nothing = (): Promise<void> => Promise.resolve()
  const runner = createImportRunner({ catalogue, media: timed, publish, log, backUp: nothing, predict: nothing })
  const jobs = createJobs({ catalogue, publish, runners: [runner], log })
  const imports = createImports({ catalogue, jobs })
  try {
    const jobId = await imports.start({ folder: photos, predict: false })
    const state = await ended
    const items: ImportItem[] = []
    for (let after: string | null = null; ;) {
      const page: ImportItem[] = (await imports.report({ jobId, state: null, after, limit: 500 })).items
      items.push(...page)
      after = page.at(-1)?.path ?? null
      if (page.length < 500) return { items, times, state }
    }
  } finally {
    await jobs.close()
    await media.close()
    await catalogue.close()
  }
}

/** Every file has one line with a remedy, and good files are taken. */
function judge(findings: Findings, files: readonly NastyFile[], items: readonly ImportItem[]): void {
  const lines = new Map(items.map((item) => [item.path, item]))
  const note = (text: string): void => void findings.notes.push(text)
  for (const { name, expected } of files) {
    const line = lines.get(name)
    if (line === undefined || line.state === 'pending') {
      findings.lost++
      note(`no line: ${name}`)
      continue
    }
    findings.acknowledged++
    if (line.reason === 'import.bug' || line.reason === 'import.crashed') {
      findings.endings++
      note(`${line.reason}: ${name}`)
    }
    if (expected !== 'either' && (line.state === 'refused') !== (expected === 'refused')) {
      findings.lost++
      note(`${line.state} (${line.reason ?? ''}) instead of ${expected}: ${name}`)
    }
  }
  const counts = new Map<string, number>()
  for (const { state, reason } of items) counts.set(reason ?? state, (counts.get(reason ?? state) ?? 0) + 1)
  note([...counts].map(([reason, count]) => `${reason} ${count}`).join(', '))
}
