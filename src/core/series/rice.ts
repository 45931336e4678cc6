/**
 * Signed whole numbers, Rice-coded in blocks (Rice and Plaunt, 1971): small ones take few bits, and each block has the
 * parameter that suits it, so a calm stretch stays cheap beside a wild one. A block of zeros takes 6 bits.
 */
import type { BitReader, BitWriter } from './bits'

const BLOCK = 32
const PARAMETER_BITS = 6
const PARAMETER_MAX = 52
const ALL_ZERO = 63
/** As many ones announce a number written in full. */
const ESCAPE_ONES = 20
const FULL_BITS = 54
/** Magnitudes up to here keep every step below 2^53, where float64 counts exactly. */
export const RICE_MAGNITUDE_MAX = 2 ** 52 - 1

const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1)
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

function costOf(values: Float64Array, from: number, to: number, parameter: number): number {
  const unit = 2 ** parameter
  let bits = 0
  for (let i = from; i < to; i += 1) {
    const quotient = Math.floor((values[i] ?? 0) / unit)
    bits += quotient < ESCAPE_ONES ? quotient + 1 + parameter : ESCAPE_ONES + FULL_BITS
  }
  return bits
}

function bestParameter(values: Float64Array, from: number, to: number, sum: number): number {
  const mean = sum / (to - from)
  let best = Math.min(PARAMETER_MAX, Math.max(0, Math.floor(Math.log2(mean + 1))))
  let bits = costOf(values, from, to, best)
  // The cost falls, then rises: walk down while it falls, else up. Outliers pull the mean up, so down comes first.
  for (const step of [-1, 1]) {
    for (let next = best + step; next >= 0 && next <= PARAMETER_MAX; next += step) {
      const cost = costOf(values, from, to, next)
      if (cost >= bits) break
      best = next
      bits = cost
    }
  }
  return best
}

function writeBlock(writer: BitWriter, values: Float64Array, from: number, to: number): void {
  let sum = 0
  for (let i = from; i < to; i += 1) sum += values[i] ?? 0
  if (sum === 0) {
    writer.write(ALL_ZERO, PARAMETER_BITS)
    return
  }
  const parameter = bestParameter(values, from, to, sum)
  const unit = 2 ** parameter
  writer.write(parameter, PARAMETER_BITS)
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? 0
    const quotient = Math.floor(value / unit)
    if (quotient >= ESCAPE_ONES) {
      writer.write(2 ** ESCAPE_ONES - 1, ESCAPE_ONES)
      writer.writeWide(value, FULL_BITS)
      continue
    }
    writer.write(2 ** (quotient + 1) - 2, quotient + 1)
    writer.writeWide(value - quotient * unit, parameter)
  }
}

/** Each value a whole number of magnitude RICE_MAGNITUDE_MAX at most. */
export function writeRice(writer: BitWriter, values: Float64Array): void {
  const folded = values.map(zigzag)
  for (let from = 0; from < folded.length; from += BLOCK) writeBlock(writer, folded, from, Math.min(folded.length, from + BLOCK))
}

/** Reads `count` values; null where the bits end too early or make no sense. */
export function readRice(reader: BitReader, count: number): Float64Array | null {
  const values = new Float64Array(count)
  for (let from = 0; from < count; from += BLOCK) {
    const parameter = reader.read(PARAMETER_BITS)
    if (reader.overrun) return null
    if (parameter === ALL_ZERO) continue
    if (parameter > PARAMETER_MAX) return null
    const unit = 2 ** parameter
    const to = Math.min(count, from + BLOCK)
    for (let i = from; i < to; i += 1) {
      const quotient = reader.readUnary(ESCAPE_ONES)
      values[i] = unzigzag(quotient === ESCAPE_ONES ? reader.readWide(FULL_BITS) : quotient * unit + reader.readWide(parameter))
    }
    if (reader.overrun) return null
  }
  return values
}
