/**
 * Floats as the XOR with the one before (Pelkonen et al., Gorilla, VLDB 2015, section 4.1.2). Keeps every bit pattern, NaN
 * payloads and the sign of zero included.
 */
import type { BitReader, BitWriter } from './bits'

function wordsOf(values: Float64Array): Uint32Array {
  const words = new Uint32Array(values.length * 2)
  const view = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < values.length; i += 1) {
    view.setFloat64(0, values[i] ?? 0)
    words[i * 2] = view.getUint32(0)
    words[i * 2 + 1] = view.getUint32(4)
  }
  return words
}

const leadingZeros = (high: number, low: number): number => (high === 0 ? 32 + Math.clz32(low) : Math.clz32(high))
const trailingZeros32 = (word: number): number => 31 - Math.clz32(word & -word)
const trailingZeros = (high: number, low: number): number => (low === 0 ? 32 + trailingZeros32(high) : trailingZeros32(low))

/** Writes bits `from` (counted from the most significant of 64) over `length`. */
function writeSlice(writer: BitWriter, high: number, low: number, from: number, length: number): void {
  const inHigh = Math.max(0, Math.min(32, from + length) - from)
  if (inHigh > 0) writer.write(high >>> (32 - from - inHigh), inHigh)
  const inLow = length - inHigh
  if (inLow > 0) writer.write(low >>> (64 - from - length), inLow)
}

export function writeXor(writer: BitWriter, values: Float64Array): void {
  const words = wordsOf(values)
  let lead = 65
  let length = 0
  for (let i = 0; i < values.length; i += 1) {
    const high = ((words[i * 2] ?? 0) ^ (i === 0 ? 0 : (words[i * 2 - 2] ?? 0))) >>> 0
    const low = ((words[i * 2 + 1] ?? 0) ^ (i === 0 ? 0 : (words[i * 2 - 1] ?? 0))) >>> 0
    if (high === 0 && low === 0) {
      writer.write(0, 1)
      continue
    }
    const zerosBefore = Math.min(31, leadingZeros(high, low))
    const needed = 64 - zerosBefore - trailingZeros(high, low)
    if (lead <= zerosBefore && lead + length >= zerosBefore + needed && length - needed < 12) {
      writer.write(0b10, 2)
    } else {
      lead = zerosBefore
      length = needed
      writer.write(0b11, 2)
      writer.write(lead, 5)
      writer.write(length - 1, 6)
    }
    writeSlice(writer, high, low, lead, length)
  }
}

export function readXor(reader: BitReader, count: number): Float64Array | null {
  const values = new Float64Array(count)
  const view = new DataView(new ArrayBuffer(8))
  let high = 0
  let low = 0
  let lead = 0
  let length = 0
  for (let i = 0; i < count; i += 1) {
    if (reader.read(1) === 1) {
      if (reader.read(1) === 1) {
        lead = reader.read(5)
        length = reader.read(6) + 1
      }
      if (length === 0 || lead + length > 64 || reader.overrun) return null
      const inHigh = Math.max(0, Math.min(32, lead + length) - lead)
      const inLow = length - inHigh
      if (inHigh > 0) high = (high ^ (reader.read(inHigh) << (32 - lead - inHigh))) >>> 0
      if (inLow > 0) low = (low ^ (reader.read(inLow) << (64 - lead - length))) >>> 0
    }
    view.setUint32(0, high)
    view.setUint32(4, low)
    values[i] = view.getFloat64(0)
  }
  return reader.overrun ? null : values
}
