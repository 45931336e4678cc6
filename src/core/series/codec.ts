/** Columns of times and of values as bytes, each by itself, so that series taken together can share one column of times. */
import { assert } from '../base'
import { BitReader, BitWriter } from './bits'
import { readRice, RICE_MAGNITUDE_MAX, writeRice } from './rice'
import { readXor, writeXor } from './xor'

/** Values in one column. A chunk that claims more is damaged. */
export const COLUMN_VALUES_MAX = 1 << 20
const COUNT_BITS = 21
const KIND_BITS = 3
const SCALE_BITS = 4
const HEAD_BITS = 54
/** Scales tried for decimals: exporters seldom print more than six places. */
const SCALES = [1, 2, 3, 6]
/** A quarter of what Rice can hold, for two rounds of differences. */
const WHOLE_MAX = (RICE_MAGNITUDE_MAX + 1) / 4

const Kind = { empty: 0, constant: 1, deltas: 2, slopes: 3, xor: 4 } as const

const same = (left: number, right: number): boolean => Object.is(left, right)

/** The values times 10^scale where that is whole and leads back to the very same floats; else null. */
function wholes(values: Float64Array, scale: number): Float64Array | null {
  const factor = 10 ** scale
  const found = new Float64Array(values.length)
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0
    const whole = Math.round(value * factor)
    if (!(Math.abs(whole) <= WHOLE_MAX) || same(whole, -0) || !same(whole / factor, value)) return null
    found[i] = whole
  }
  return found
}

function differences(values: Float64Array): Float64Array {
  const found = new Float64Array(Math.max(0, values.length - 1))
  for (let i = 0; i < found.length; i += 1) found[i] = (values[i + 1] ?? 0) - (values[i] ?? 0)
  return found
}

/** Bits that the magnitudes take, roughly; tells which of two rounds of differences is smaller. */
function weight(values: Float64Array): number {
  let bits = 0
  for (const value of values) bits += value === 0 ? 1 : Math.log2(Math.abs(value)) + 2
  return bits
}

const shift = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2)
const unshift = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

function writeWholes(writer: BitWriter, whole: Float64Array, scale: number): void {
  const deltas = differences(whole)
  const slopes = differences(deltas)
  const bySlope = deltas.length > 1 && weight(slopes) < weight(deltas)
  writer.write(bySlope ? Kind.slopes : Kind.deltas, KIND_BITS)
  writer.write(scale, SCALE_BITS)
  writer.writeWide(shift(whole[0] ?? 0), HEAD_BITS)
  if (bySlope) writer.writeWide(shift(deltas[0] ?? 0), HEAD_BITS)
  writeRice(writer, bySlope ? slopes : deltas)
}

function readWholes(reader: BitReader, count: number, bySlope: boolean): Float64Array | null {
  const factor = 10 ** reader.read(SCALE_BITS)
  let value = unshift(reader.readWide(HEAD_BITS))
  let delta = bySlope ? unshift(reader.readWide(HEAD_BITS)) : 0
  const steps = readRice(reader, Math.max(0, count - (bySlope ? 2 : 1)))
  if (steps === null) return null
  const values = new Float64Array(count)
  values[0] = value / factor
  for (let i = 1; i < count; i += 1) {
    if (!bySlope) delta = steps[i - 1] ?? 0
    else if (i > 1) delta += steps[i - 2] ?? 0
    value += delta
    values[i] = value / factor
  }
  return values
}

function allSame(values: Float64Array): boolean {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  const [high, low] = [view.getUint32(0), view.getUint32(4)]
  for (let at = 8; at < view.byteLength; at += 8) if (view.getUint32(at) !== high || view.getUint32(at + 4) !== low) return false
  return true
}

function begin(kind: number, count: number): BitWriter {
  const writer = new BitWriter()
  writer.write(count, COUNT_BITS)
  if (kind !== Kind.deltas) writer.write(kind, KIND_BITS)
  return writer
}

/** The least scale at which all values are whole; null where there is none. The first values decide which are worth a full try. */
function scaled(values: Float64Array): { whole: Float64Array; scale: number } | null {
  const probe = values.subarray(0, 16)
  for (const scale of [0, ...SCALES]) {
    const whole = wholes(probe, scale) === null ? null : wholes(values, scale)
    if (whole !== null) return { whole, scale }
  }
  return null
}

/** Any float64 values, at most COLUMN_VALUES_MAX, lossless to the bit. */
export function encodeValues(values: Float64Array): Uint8Array {
  assert(values.length <= COLUMN_VALUES_MAX, 'a column holds at most COLUMN_VALUES_MAX values')
  if (values.length === 0) return begin(Kind.empty, 0).finish()
  if (allSame(values)) {
    const writer = begin(Kind.constant, values.length)
    writeXor(writer, values.subarray(0, 1))
    return writer.finish()
  }
  const decimal = scaled(values)
  if (decimal !== null) {
    const writer = begin(Kind.deltas, values.length)
    writeWholes(writer, decimal.whole, decimal.scale)
    // Six random decimals can take more than the XOR of their floats does.
    if (decimal.scale < 6) return writer.finish()
    const bytes = writer.finish()
    const other = begin(Kind.xor, values.length)
    writeXor(other, values)
    const rival = other.finish()
    return rival.length < bytes.length ? rival : bytes
  }
  const writer = begin(Kind.xor, values.length)
  writeXor(writer, values)
  return writer.finish()
}

/** null: these bytes are no column of values. */
export function decodeValues(bytes: Uint8Array): Float64Array | null {
  const reader = new BitReader(bytes)
  const count = reader.read(COUNT_BITS)
  const kind = reader.read(KIND_BITS)
  if (reader.overrun || count > COLUMN_VALUES_MAX) return null
  switch (kind) {
    case Kind.empty:
      return count === 0 ? new Float64Array(0) : null
    case Kind.constant: {
      const value = readXor(reader, 1)?.[0]
      return value === undefined ? null : new Float64Array(count).fill(value)
    }
    case Kind.deltas:
    case Kind.slopes:
      return count === 0 ? null : readWholes(reader, count, kind === Kind.slopes)
    case Kind.xor:
      return readXor(reader, count)
    default:
      return null
  }
}

/** Times in whole milliseconds, in any order (in order they are smaller). */
export function encodeTimes(times: Float64Array): Uint8Array {
  for (const time of times) assert(Number.isSafeInteger(time) && Math.abs(time) <= WHOLE_MAX, 'a time is a whole number of milliseconds')
  return encodeValues(times)
}

export const decodeTimes = decodeValues
