import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { GpuState } from '../../../shared/model/gpu.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'
import type { Core } from '../../core/core.ts'

interface GpuOptions {
  readonly action: string
  readonly from?: string
  readonly out?: string
  readonly check?: boolean
  readonly remove?: boolean
}

/** `gpu install`: installs the GPU libraries, says what that needs (`--check`) or removes them (`--remove`). `gpu pack`: downloads them for another computer. */
export const gpu: Action<GpuOptions> = (run, options) =>
  run.withCore({}, async (core) => {
    core.subscribe((event) => {
      if (event.type === 'gpu') run.terminal.progress(progressText(run, event))
    })
    if (options.action === 'pack') return await pack(run, core, options)
    if (options.action !== 'install') throw new AppError('usage.invalidValue', { name: 'action', value: options.action })
    if (options.remove === true) return await remove(run, core)
    const state = await core.call.gpu.state()
    tellState(run, state)
    if (options.check === true) {
      run.terminal.give(state)
      return exitCode.done
    }
    const { before, after } = await core.call.gpu.install({ from: options.from === undefined ? null : resolve(options.from) })
    run.terminal.endProgress()
    const speeds = { before: Math.round(before.imagesPerSecond ?? 0), after: Math.round(after.imagesPerSecond ?? 0) }
    run.terminal.say(run.words('gpu.installed', speeds))
    run.terminal.give(speeds)
    return exitCode.done
  })

async function pack(run: Run, core: Core, { out }: GpuOptions): Promise<ExitCode> {
  if (out === undefined) throw new AppError('usage.missingOption', { name: '--out <folder>' })
  const folder = resolve(out)
  await core.call.gpu.pack({ folder })
  run.terminal.endProgress()
  run.terminal.say(run.words('gpu.packed', { folder }))
  run.terminal.give({ folder })
  return exitCode.done
}

async function remove(run: Run, core: Core): Promise<ExitCode> {
  const { device } = await core.call.gpu.remove()
  run.terminal.say(run.words('gpu.removed'))
  run.terminal.give({ device })
  return exitCode.done
}

function tellState({ words, terminal }: Run, { card, installation, folder, fetched, unpacked }: GpuState): void {
  terminal.say(card === null ? words('gpu.noCard') : words('gpu.card', card))
  const sizes = { folder, fetched: Math.round(fetched / 1e6), unpacked: Math.round(unpacked / 1e6) }
  terminal.say(words(installation === 'installed' ? 'gpu.there' : installation === 'none' ? 'gpu.needs' : 'gpu.otherVersion', sizes))
}

function progressText({ words }: Run, { done, total }: { done: number; total: number }): string {
  return words('gpu.progress', { percent: Math.floor((done / total) * 100), total: Math.round(total / 1e6) })
}
