/**
 * Reads every segment at start. The rule that tells a torn tail from damage: a batch is written only once the one before
 * it is durable. So a bad record may be followed by valid records of its own batch (pages of one write reach the disk in
 * any order), and that batch was never acknowledged; a valid record of a later batch proves that the bad one had been
 * durable, and that is damage. After Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018.
 */
import fs from 'node:fs'
import path from 'node:path'
import { assert, present, type Result } from '../../core/base'
import type { RecoveredRecord } from '../ports'
import { corruptFailure } from './failures'
import { FLAG_END, FLAG_SEAL, RECORD_HEADER_BYTES, readRecord, recordBytes } from './record'
import { listSegments, parseSegmentHeader, SEGMENT_HEADER_BYTES, segmentName } from './segment'
import { locationOf } from './location'
import { FIRST_ORIGIN, readOrigin, type Origin } from './origin'

export interface Recovered {
  /** How many records there are; `readRecords` gives them. */
  readonly records: number
  readonly origin: Origin
  /** From the origin on, without a gap. */
  readonly segments: readonly number[]
  /** Segments before the origin that are still there. */
  readonly released: readonly number[]
  /** The number of the first flush in each segment that holds one. */
  readonly firstBatches: ReadonlyMap<number, number>
  /** Where the next record goes; null where there is no segment yet. */
  readonly tail: { readonly segment: number; readonly offset: number; readonly bytes: number; readonly nextBatch: number } | null
  /** Bytes of an unfinished last batch that were found and are to be zeroed. */
  readonly torn: { readonly from: number; readonly to: number } | null
}

interface Scan {
  records: number
  batch: number
  /** The last record read ended its batch. */
  ended: boolean
}

interface SegmentEnd {
  readonly offset: number
  readonly sealed: boolean
  /** The end of the last byte that is not zero, where it lies behind `offset`. */
  readonly dirtyTo: number
}

export function recover(directory: string): Result<Recovered, 'corrupt'> {
  const began = readOrigin(directory)
  if (!began.ok) return began
  const origin = began.value
  const listed = listSegments(directory)
  const segments = listed.filter((sequence) => sequence >= origin.segment)
  const scan: Scan = { records: 0, batch: origin.batch - 1, ended: true }
  const firstBatches = new Map<number, number>()
  let tail: Recovered['tail'] = null
  let torn: Recovered['torn'] = null
  let sealed = true
  for (const [index, sequence] of segments.entries()) {
    const name = segmentName(sequence)
    if (sequence !== origin.segment + index) return corrupt(segmentName(origin.segment + index), 'a segment is missing')
    const file = fs.readFileSync(path.join(directory, name))
    const bytes = parseSegmentHeader(file, sequence)
    if (bytes === undefined) return corrupt(name, 'the header of a segment is not readable')
    if (!sealed) {
      // Prepared ahead and not used yet; a record in it would mean that the end of the segment before it was lost.
      if (isZero(file, SEGMENT_HEADER_BYTES)) continue
      return corrupt(segmentName(sequence - 1), 'the end of a segment is missing, and a later segment holds records')
    }
    // A segment begins with a flush of its own.
    firstBatches.set(sequence, scan.batch + 1)
    const end = scanSegment(file.subarray(0, bytes), sequence, scan)
    if (typeof end === 'string') return corrupt(name, end)
    sealed = end.sealed
    tail = { segment: sequence, offset: end.offset, bytes, nextBatch: scan.ended ? scan.batch + 1 : scan.batch }
    torn = end.dirtyTo > end.offset || file.length < bytes ? { from: end.offset, to: bytes } : null
  }
  const isNew = segments.length === 0 && origin.segment === FIRST_ORIGIN.segment
  if (sealed && !isNew) return corrupt(segmentName(origin.segment + segments.length), 'the last segment is missing')
  const released = listed.filter((sequence) => sequence < origin.segment)
  return { ok: true, value: { records: scan.records, origin, segments, released, firstBatches, tail, torn } }
}

const corrupt = (where: string, what: string): { readonly ok: false; readonly error: ReturnType<typeof corruptFailure> & { code: 'corrupt' } } =>
  ({ ok: false, error: { ...corruptFailure(where, what), code: 'corrupt' } })

/**
 * The records that `recover` found sound, one segment in memory at a time: a log may be larger than memory. Payloads are
 * views of their segment; whoever keeps one keeps all of it.
 */
export function* readRecords(directory: string, found: Recovered): Generator<RecoveredRecord> {
  let left = found.records
  for (const sequence of found.segments) {
    if (left === 0) return
    const file = fs.readFileSync(path.join(directory, segmentName(sequence)))
    for (let offset = SEGMENT_HEADER_BYTES; left > 0;) {
      const header = readRecord(file, offset, sequence, offset)
      if (header === undefined || (header.flags & FLAG_SEAL) !== 0) break
      const start = offset + RECORD_HEADER_BYTES
      yield { type: header.type, payload: file.subarray(start, start + header.length), location: locationOf(sequence, offset) }
      left -= 1
      offset += recordBytes(header.length)
    }
  }
  assert(left === 0, 'the records that were found are still there')
}

/** Reads records to the end of what is valid; a string says why the segment is damaged. */
function scanSegment(file: Buffer, sequence: number, scan: Scan): SegmentEnd | string {
  let offset = SEGMENT_HEADER_BYTES
  for (;;) {
    const header = readRecord(file, offset, sequence, offset)
    const continues = header !== undefined && header.batch === (scan.ended ? scan.batch + 1 : scan.batch)
    if (header === undefined || !continues) break
    scan.batch = header.batch
    scan.ended = (header.flags & FLAG_END) !== 0
    if ((header.flags & FLAG_SEAL) !== 0) {
      if (!isZero(file, offset + recordBytes(0))) return `bytes behind the end of the segment, from ${offset + recordBytes(0)}`
      return { offset: offset + recordBytes(0), sealed: true, dirtyTo: 0 }
    }
    scan.records += 1
    offset += recordBytes(header.length)
  }
  const dirtyTo = lastByteSet(file, offset)
  const bad = scan.ended ? scan.batch + 1 : scan.batch
  const later = firstLaterBatch(file, sequence, offset, dirtyTo, bad)
  if (later !== undefined) return `the record at ${offset} is not valid, but a later flush at ${later} is`
  return { offset, sealed: false, dirtyTo }
}

/** Where the first valid record of a flush after `batch` lies, or undefined. Records are aligned to 8 bytes. */
function firstLaterBatch(file: Buffer, sequence: number, from: number, to: number, batch: number): number | undefined {
  for (let offset = from; offset < to; offset += 8) {
    const header = readRecord(file, offset, sequence, offset)
    if (header !== undefined && header.batch > batch) return offset
  }
  return undefined
}

const ZEROS = Buffer.alloc(64 * 1024)

function isZero(file: Buffer, from: number): boolean {
  for (let at = from; at < file.length; at += ZEROS.length) {
    const length = Math.min(ZEROS.length, file.length - at)
    if (file.compare(ZEROS, 0, length, at, at + length) !== 0) return false
  }
  return true
}

/** The end of the last byte that is not zero, or `from` where all are. */
function lastByteSet(file: Buffer, from: number): number {
  let end = file.length
  while (end - ZEROS.length >= from && file.compare(ZEROS, 0, ZEROS.length, end - ZEROS.length, end) === 0) end -= ZEROS.length
  while (end > from && present(file[end - 1], 'within the file') === 0) end -= 1
  return end
}
