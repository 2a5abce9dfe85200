/** Numbers in half precision, little endian: 1 kB per embedding, and cosines correct to three digits. */
export function toHalf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(2 * values.length)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => view.setFloat16(2 * index, value, true))
  return bytes
}

/** Reads the numbers that `toHalf` wrote. */
export function fromHalf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float64Array.from({ length: bytes.length / 2 }, (_, index) => view.getFloat16(2 * index, true))
}
