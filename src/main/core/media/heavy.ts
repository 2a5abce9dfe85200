import { threadId } from 'node:worker_threads'

/**
 * Lets one thread at a time decode a picture that needs much memory, so that two of them never add up. One shared 32-bit
 * number holds the thread inside plus one, 0 for nobody. The owner of the threads frees it when the one inside dies.
 */
export type HeavyGate = Int32Array

const nobody = 0

export function createHeavyGate(): HeavyGate {
  return new Int32Array(new SharedArrayBuffer(4))
}

/** Runs `work` alone among all threads that share the gate. Waiting blocks the thread: it has nothing else to do. */
export async function alone<T>(gate: HeavyGate, work: () => Promise<T>): Promise<T> {
  const me = threadId + 1
  for (;;) {
    const inside = Atomics.compareExchange(gate, 0, nobody, me)
    if (inside === nobody) break
    Atomics.wait(gate, 0, inside)
  }
  try {
    return await work()
  } finally {
    freeGate(gate, threadId)
  }
}

/** Frees the gate if the thread with this id is inside. */
export function freeGate(gate: HeavyGate, thread: number): void {
  if (Atomics.compareExchange(gate, 0, thread + 1, nobody) === thread + 1) Atomics.notify(gate, 0)
}
