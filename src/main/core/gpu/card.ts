import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AppError } from '../../../shared/errors.ts'
import { oldestDriver } from './wheels.ts'

/** A graphics card and the version of its driver. */
export interface GraphicsCard {
  readonly name: string
  readonly driver: string
}

const run = promisify(execFile)
const patience = 30_000

/** The first card that NVIDIA's driver lists; null if there is no driver or no card. `program` replaces nvidia-smi. */
export async function findCard(program = 'nvidia-smi'): Promise<GraphicsCard | null> {
  try {
    const words = ['--query-gpu=name,driver_version', '--format=csv,noheader']
    const { stdout } = await run(program, words, { timeout: patience, windowsHide: true })
    const [name, driver] = (stdout.split('\n')[0] ?? '').split(',').map((part) => part.trim())
    return name && driver ? { name, driver } : null
  } catch {
    // No such program, or a driver that does not respond: either way no card can be used.
    return null
  }
}

/** The card, if CUDA 13 runs on it. AppError `gpu.noCard` or `gpu.oldDriver`. */
export async function needCard(program?: string): Promise<GraphicsCard> {
  const card = await findCard(program)
  if (card === null) throw new AppError('gpu.noCard')
  if (!(Number.parseInt(card.driver, 10) >= oldestDriver)) throw new AppError('gpu.oldDriver', { ...card, oldest: oldestDriver })
  return card
}
