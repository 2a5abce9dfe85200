import { availableParallelism, totalmem } from 'node:os'
import type { Setup } from './protocol.ts'
import type { Provider } from './provider.ts'

/** Threads with a session each: how many, what a run may take of the CPU, how many pictures it holds. */
export interface LanePlan {
  readonly count: number
  /** Threads that one run may use on the CPU. */
  readonly threads: number
  /** Pictures of one run; with `fixedBatch` every run has exactly this many, the last is padded. */
  readonly batch: number
  readonly fixedBatch: boolean
}

/** The lanes of a process: one for the picture on screen and one for bulk work, or one for both (`bulk` null). */
export interface Plan {
  readonly single: LanePlan
  readonly bulk: LanePlan | null
  /** Pictures under way that keep every thread busy. */
  readonly capacity: number
}

/** Runs for which a thread has pictures at hand: the one under way, and those whose pixels are loaded meanwhile. */
export const runsAhead = 3

/** Pictures of a run on a GPU (larger ones gain little on an H100, and answer later to a stop). */
const gpuBatch = 32
/** GPU memory that the sessions of one card may take together, in bytes: small cards have 4 GB, the system uses some. */
const gpuMemory = 2e9
/** More sessions than this no longer help one card. */
const mostGpuThreads = 8

/**
 * CPU: a session over all cores for a single picture; for bulk work a thread with a session of its own per core, which is
 * faster than one session over all, one picture a run, as memory for more buys nothing.
 * GPU: few sessions with runs of a fixed size for everything, since a new size is tuned anew.
 */
export function planOf(setup: Setup, cores = availableParallelism(), memory = totalmem()): Plan {
  if (isGpu(setup.provider)) {
    const count = gpuSessions(setup, cores)
    const single = { count, threads: 1, batch: gpuBatch, fixedBatch: true }
    return { single, bulk: null, capacity: count * gpuBatch * runsAhead }
  }
  if (setup.bundle.manifest.embedding) {
    // Pictures are embedded beside all other work: half of the cores are left to it.
    const single = { count: 1, threads: Math.max(1, cores >> 1), batch: 1, fixedBatch: false }
    return { single, bulk: null, capacity: runsAhead }
  }
  const single = { count: 1, threads: cores, batch: 1, fixedBatch: false }
  const count = Math.min(bulkCores(cores), sessionsInMemory(setup, memory))
  const bulk = count > 1 ? { count, threads: 1, batch: 1, fixedBatch: false } : null
  return { single, bulk, capacity: count * runsAhead }
}

/**
 * Bytes that a process may hold while it creates its sessions for the CPU and predicts the test picture: room for the libraries
 * and what a network computes, and its weights some times over, since they are read, optimised and packed. Null if the
 * libraries of a GPU decide.
 */
export function openingMemory(setup: Setup): number | null {
  return isGpu(setup.provider) ? null : 1.5e9 + 6 * weightsOf(setup)
}

export function isGpu(provider: Provider): boolean {
  return provider !== 'cpu'
}

/**
 * Sessions on one GPU: each thread decodes its own pictures, which takes far longer than the GPU needs for a small model, so half of the
 * cores do it, as far as the card's memory holds their sessions (weights twice, and room to work).
 */
function gpuSessions(setup: Setup, cores: number): number {
  const fitting = Math.floor(gpuMemory / (2 * weightsOf(setup) + 250e6))
  return Math.max(2, Math.min(mostGpuThreads, Math.floor(cores / 2), fitting))
}

const weightsOf = (setup: Setup): number => Object.values(setup.bundle.manifest.files).reduce((sum, file) => sum + file.bytes, 0)

/** From four cores on one is left to the window and the catalogue. */
function bulkCores(cores: number): number {
  return cores >= 4 ? cores - 1 : cores
}

/** How many sessions half of the machine's memory holds: each takes about twice its weights and room to work. */
function sessionsInMemory(setup: Setup, memory: number): number {
  return Math.max(1, Math.floor(memory / 2 / (2 * weightsOf(setup) + 200e6)))
}
