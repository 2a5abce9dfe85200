/** The import's side of its benchmark: a new catalogue, one job from start to end. */
import { basename, dirname } from 'node:path'
import type { CoreEvent } from '../../src/shared/contract.ts'
import { createCatalogue } from '../../src/main/core/operations/catalogue.ts'
import { createImports } from '../../src/main/core/import/import.ts'
import { createImportRunner } from '../../src/main/core/import/runner.ts'
import { createJobs } from '../../src/main/core/jobs/jobs.ts'
import { createLog } from '../../src/main/core/log/log.ts'
import { createMedia } from '../../src/main/core/media/media.ts'

const [photos = '', target = '', threads = '2'] = process.argv.slice(2)
const log = createLog({ folder: null })
const catalogue = await createCatalogue(dirname(target), basename(target))
const media = createMedia({ threads: Number(threads) })
let ended: (state: string) => void = () => undefined
const end = new Promise<string>((resolve) => (ended = resolve))
const publish = (event: CoreEvent): void => {
  if (event.type === 'job' && ['done', 'failed'].includes(event.job.state)) ended(event.job.state)
}
const nothing = (): Promise<void> => Promise.resolve()
const runner = createImportRunner({ catalogue, media, publish, log, backUp: nothing, predict: nothing })
const jobs = createJobs({ catalogue, publish, runners: [runner], log })
const imports = createImports({ catalogue, jobs })

// The bare side has sharp loaded when its clock starts; so have the threads here.
await media.ready()
const started = performance.now()
const before = process.cpuUsage()
await imports.start({ folder: photos })
if ((await end) !== 'done') throw new Error('the import failed')
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(before)
const { maxRSS } = process.resourceUsage()
await jobs.close()
await media.close()
await catalogue.close()
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes: maxRSS / 1024 }))
