import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { endingPatience, endProcessInTime } from './end-process.ts'

it.skipIf(process.platform === 'win32')('ends a process in which a thread hangs in a system call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-ending-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  // Opening a pipe blocks until somebody writes to it, and nobody does.
  execFileSync('mkfifo', [join(folder, 'pipe')])
  writeFileSync(
    join(folder, 'hang.mjs'),
    `import { openSync } from 'node:fs'
     import { isMainThread, parentPort, Worker } from 'node:worker_threads'
     if (isMainThread) {
       const { endProcess } = await import('${new URL('./end-process.ts', import.meta.url).href}')
       new Worker(import.meta.filename).once('message', () => endProcess(0, false))
     } else {
       parentPort.postMessage('at it')
       openSync('${join(folder, 'pipe')}', 'r')
     }`
  )
  const child = spawn(process.execPath, [join(folder, 'hang.mjs')], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
})

it('kills a process that does not end in time', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  onTestFinished(() => kill.mockRestore())
  endProcessInTime()
  vi.advanceTimersByTime(endingPatience - 1)
  expect(kill).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGKILL')
})
