import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { once } from 'node:events'
import { fineTuneArguments } from './command.ts'
import type { PythonEnvironment } from './environment.ts'
import type { TrainingHost } from './host.ts'
import { pythonEnvironment } from './python.ts'
import { runSubprocess, type Patience } from './subprocess.ts'

export interface HereOptions {
  readonly environment: Pick<PythonEnvironment, 'need' | 'lacks' | 'setUp'>
  readonly patience?: Patience
}

/** This machine: the trainer as a subprocess over the training's own folders. */
export function createHere({ environment, patience }: HereOptions): TrainingHost {
  return {
    kind: 'here',
    async prepare(_work, report, signal) {
      if (!(await environment.lacks())) return
      report.stage('environment')
      await environment.setUp(null, (done, total) => report.progress(done, total), signal)
    },
    async train(work, report, onLine, signal) {
      const python = await environment.need(signal)
      await mkdir(dirname(work.logFile), { recursive: true })
      const log = createWriteStream(work.logFile, { flags: 'a' })
      // A full disk must not end the training, so these log lines are lost.
      log.on('error', () => undefined)
      try {
        return await runSubprocess(
          {
            program: python,
            arguments: fineTuneArguments(work, work.settings),
            env: pythonEnvironment(work.trainerSource),
            onLine,
            onErrorLine: (line) => {
              log.write(`${line}\n`)
              report.log(line)
            },
            ...(patience === undefined ? {} : { patience })
          },
          signal
        )
      } finally {
        log.end()
        if (!log.errored) await once(log, 'close')
      }
    },
    fetch: () => Promise.resolve()
  }
}
