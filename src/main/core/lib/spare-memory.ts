import { setFlagsFromString } from 'node:v8'

/**
 * Makes V8 keep its heaps small instead of growing them for speed. The core's JavaScript does little work; heavy work runs in
 * native code. Measured: 145 instead of 205 MB resident with an open catalogue, start and responses equally fast.
 */
export function spareMemory(): void {
  setFlagsFromString('--optimize-for-size')
}
