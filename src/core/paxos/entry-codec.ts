/**
 * Binary form of accepted values. A run is consecutive slots of one ballot: count, first slot, ballot, then for each the distance to its
 * origin, its kind and, but for a no-op, its data under a length. A list is a count of runs and the runs, in rising slots.
 */
import { sizedSize, varintSize, type ByteReader, type ByteWriter } from '../base'
import type { Accepted, ValueKind } from './types'

/** The order is the format: only ever append. */
const KINDS: readonly ValueKind[] = ['command', 'no-op', 'members', 'forwarded']
const CODES = Object.fromEntries(KINDS.map((kind, i) => [kind, i])) as Record<ValueKind, number>
const NO_DATA = new Uint8Array(0)
/** Origin and kind, at least. */
const ENTRY_BYTES_MIN = 2
/** Count, slot, ballot and one entry, at least. */
const RUN_BYTES_MIN = 5

export function runSize(run: readonly Accepted[]): number {
  const { slot, ballot } = run[0] as Accepted
  let size = varintSize(run.length) + varintSize(slot) + varintSize(ballot)
  for (const { origin, kind, data } of run) {
    size += varintSize(ballot - origin) + 1
    if (kind !== 'no-op') size += sizedSize(data)
  }
  return size
}

export function writeRun(writer: ByteWriter, run: readonly Accepted[]): void {
  const { slot, ballot } = run[0] as Accepted
  writer.varint(run.length)
  writer.varint(slot)
  writer.varint(ballot)
  for (const { origin, kind, data } of run) {
    writer.varint(ballot - origin)
    writer.byte(CODES[kind])
    if (kind !== 'no-op') writer.sized(data)
  }
}

/** At least one entry; null where the bytes are no run. Data are views. */
export function readRun(reader: ByteReader): Accepted[] | null {
  const count = reader.varint()
  const first = reader.varint()
  const ballot = reader.varint()
  if (count === 0 || first === 0 || ballot === 0 || count * ENTRY_BYTES_MIN > reader.left || !Number.isSafeInteger(first + count)) return null
  const run: Accepted[] = []
  for (let i = 0; i < count; i++) {
    const origin = ballot - reader.varint()
    const kind = KINDS[reader.byte()]
    if (kind === undefined || origin <= 0) return null
    const data = kind === 'no-op' ? NO_DATA : reader.sized()
    if (reader.failed) return null
    run.push({ slot: first + i, ballot, origin, kind, data })
  }
  return run
}

/** Cuts entries in rising slots into runs. */
export function runsOf(entries: readonly Accepted[]): (readonly Accepted[])[] {
  const runs: (readonly Accepted[])[] = []
  let start = 0
  for (let i = 1; i <= entries.length; i++) {
    const last = entries[i - 1] as Accepted
    const next = entries[i]
    if (next && next.slot === last.slot + 1 && next.ballot === last.ballot) continue
    runs.push(start === 0 && i === entries.length ? entries : entries.slice(start, i))
    start = i
  }
  return runs
}

export function runsSize(runs: readonly (readonly Accepted[])[]): number {
  return runs.reduce((size, run) => size + runSize(run), varintSize(runs.length))
}

export function writeRuns(writer: ByteWriter, runs: readonly (readonly Accepted[])[]): void {
  writer.varint(runs.length)
  for (const run of runs) writeRun(writer, run)
}

export function readRuns(reader: ByteReader): Accepted[] | null {
  const count = reader.varint()
  if (count * RUN_BYTES_MIN > reader.left) return null
  const entries: Accepted[] = []
  for (let i = 0; i < count; i++) {
    const run = readRun(reader)
    if (run === null || (run[0] as Accepted).slot <= (entries.at(-1)?.slot ?? 0)) return null
    for (const entry of run) entries.push(entry)
  }
  return reader.failed ? null : entries
}
