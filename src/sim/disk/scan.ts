/** Reads an image at start, by the rule of the real log: what is torn was never acknowledged and goes; what is damaged is told. */
import { fail, ok, type Result } from '../../core/base'
import type { RecoveredRecord } from '../../runtime/ports'
import { HEADER_BYTES, readHeader, recordBytes } from './framing'

/** Location of the first record of a log that nothing was released of. */
export const LOG_START = 8

export interface Scanned {
  readonly records: readonly RecoveredRecord[]
  /** Where the next record goes, from the start of the image. */
  readonly end: number
  readonly nextBatch: number
  /** Bytes of an unfinished batch that are to be zeroed. */
  readonly tornBytes: number
}

/** `base`: the location of the first byte of `image`. */
export function scan(image: Uint8Array, base: number): Result<Scanned, 'corrupt'> {
  const records: RecoveredRecord[] = []
  let at = 0
  let batch = -1
  let isEnded = true
  for (;;) {
    const header = readHeader(image, at, base + at)
    if (header === null || (batch >= 0 && header.batch !== (isEnded ? batch + 1 : batch))) break
    batch = header.batch
    isEnded = header.isEnd
    const start = at + HEADER_BYTES
    records.push({ type: header.type, payload: image.slice(start, start + header.length), location: base + at })
    at += recordBytes(header.length)
  }
  let dirtyTo = image.length
  while (dirtyTo > at && image[dirtyTo - 1] === 0) dirtyTo--
  // A log that begins at its beginning begins with batch 1; of one that was released, the first record was durable.
  const bad = records.length > 0 ? (isEnded ? batch + 1 : batch) : base === LOG_START ? 1 : 0
  for (let later = at; later < dirtyTo; later += 8) {
    const header = readHeader(image, later, base + later)
    if (header !== null && header.batch > bad) {
      return fail('corrupt', `The record at ${base + at} is not valid, but a later flush at ${base + later} is.`, 'Set the data aside and join with an empty folder.')
    }
  }
  return ok({ records, end: at, nextBatch: records.length === 0 ? 1 : isEnded ? batch + 1 : batch, tornBytes: dirtyTo - at })
}
