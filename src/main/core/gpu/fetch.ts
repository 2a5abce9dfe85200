import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { runSubprocess } from '../training/subprocess.ts'
import { expectRoom, wheelState } from './install.ts'
import { sizesOf, type Wheel } from './wheels.ts'

/** The platforms of the wheels, given to pip explicitly: the computer that downloads may not be the one with the card. */
const platforms = ['manylinux_2_28_x86_64', 'manylinux_2_27_x86_64', 'manylinux2014_x86_64', 'manylinux_2_12_x86_64']

/**
 * Downloads the wheels into a folder with pip, so that this program makes no connection of its own and a mirror or proxy
 * configured for pip is used. Complete files stay, so that an interrupted download continues with the rest. `python`:
 * a program with pip. AppError `gpu.diskFull`, `gpu.notFetched` with pip's last words, `gpu.wheelDamaged`; Cancelled.
 */
export async function fetchWheels(
  wheels: readonly Wheel[],
  folder: string,
  python: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal
): Promise<void> {
  const total = sizesOf(wheels).fetched
  const states = await Promise.all(wheels.map((wheel) => wheelState(folder, wheel)))
  const left = wheels.filter((_, index) => states[index] !== 'whole')
  let done = total - sizesOf(left).fetched
  onProgress(done, total)
  await expectRoom(folder, sizesOf(left).fetched)
  await mkdir(folder, { recursive: true })
  for (const wheel of left) {
    // pip does not replace an incomplete file.
    await rm(join(folder, wheel.file), { force: true })
    await fetchWheel(wheel, folder, python, signal)
    if ((await wheelState(folder, wheel)) !== 'whole') throw new AppError('gpu.wheelDamaged', { file: wheel.file, folder })
    done += wheel.bytes
    onProgress(done, total)
  }
}

async function fetchWheel(wheel: Wheel, folder: string, python: string, signal: AbortSignal): Promise<void> {
  const list = join(folder, 'wanted.txt')
  await writeFile(list, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`)
  const words = ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-input', '--quiet', '--no-deps']
  words.push('--only-binary', ':all:', '--python-version', '3.12', '--implementation', 'cp')
  for (const platform of platforms) words.push('--platform', platform)
  words.push('--require-hashes', '--requirement', list, '--dest', folder)
  try {
    const end = await runSubprocess(
      {
        program: python,
        arguments: words,
        env: process.env,
        onLine: () => undefined,
        onErrorLine: () => undefined,
        patience: { asked: 0, signalled: 5000 }
      },
      signal
    )
    if (signal.aborted) throw new Cancelled()
    if (end.code !== 0)
      throw new AppError('gpu.notFetched', {
        file: wheel.file,
        reason: (end.lastLine || `${end.failure ?? end.code ?? end.signal}`).slice(0, 300)
      })
  } finally {
    await rm(list, { force: true })
  }
}
