/**
 * Segment files. `segment-000000001.log` begins with a header of 32 bytes; the rest is records, then zeros up to the
 * length the header states. A segment is made under a temporary name and renamed once it is durable, so a file with a
 * segment's name is always whole.
 */
import fs from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { WAL_LIMITS } from './limits'

export const SEGMENT_HEADER_BYTES = 32
const MAGIC = 'QRTWAL01'
const NAME = /^segment-(\d{9})\.log$/

export interface Segment {
  readonly sequence: number
  readonly fd: number
  readonly bytes: number
}

export const segmentName = (sequence: number): string => `segment-${String(sequence).padStart(9, '0')}.log`

/** Sequences of the segments in the folder, ascending. */
export function listSegments(directory: string): number[] {
  return fs.readdirSync(directory).flatMap((name) => {
    const match = NAME.exec(name)
    return match ? [Number(match[1])] : []
  }).sort((a, b) => a - b)
}

/** Files of segments that were never finished. They hold nothing. */
export function removeUnfinished(directory: string): void {
  for (const name of fs.readdirSync(directory)) {
    if (/^segment-\d{9}\.new$/.test(name)) fs.unlinkSync(path.join(directory, name))
  }
}

/** Names and renames in a folder are durable only once the folder itself is flushed. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return // A folder cannot be opened there; NTFS journals names by itself.
  const fd = fs.openSync(directory, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

export function segmentHeader(sequence: number, bytes: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES)
  header.write(MAGIC, 0, 'latin1')
  header.writeUIntLE(sequence, 8, 6)
  header.writeUInt32LE(bytes, 16)
  header.writeUInt32LE(crc32(header.subarray(0, 28)), 28)
  return header
}

/** The length the header states, or undefined if this is not the header of segment `sequence`. */
export function parseSegmentHeader(header: Buffer, sequence: number): number | undefined {
  if (header.length < SEGMENT_HEADER_BYTES || header.toString('latin1', 0, 8) !== MAGIC) return undefined
  if (header.readUInt32LE(28) !== crc32(header.subarray(0, 28))) return undefined
  if (header.readUIntLE(8, 6) !== sequence) return undefined
  const bytes = header.readUInt32LE(16)
  return bytes >= WAL_LIMITS.segmentBytesMin && bytes <= WAL_LIMITS.segmentBytesMax ? bytes : undefined
}

type Created = (error: NodeJS.ErrnoException | null, segment?: Segment) => void

/** Makes a segment full of zeros, durable under its name before `created` is called. */
export function createSegment(directory: string, sequence: number, bytes: number, created: Created): void {
  const temporary = path.join(directory, segmentName(sequence).replace(/\.log$/, '.new'))
  const zeros = Buffer.alloc(Math.min(bytes, WAL_LIMITS.zeroBytesPerWrite))
  fs.open(temporary, 'w+', (openError, fd) => {
    if (openError) { created(openError); return }
    const abandon = (error: NodeJS.ErrnoException): void => {
      fs.close(fd, () => { fs.unlink(temporary, () => { created(error) }) })
    }
    const finish = (): void => {
      fs.rename(temporary, path.join(directory, segmentName(sequence)), (renameError) => {
        if (renameError) { abandon(renameError); return }
        try {
          syncDirectory(directory)
        } catch (error) {
          created(error as NodeJS.ErrnoException)
          return
        }
        created(null, { sequence, fd, bytes })
      })
    }
    const writeHeader = (): void => {
      fs.write(fd, segmentHeader(sequence, bytes), 0, SEGMENT_HEADER_BYTES, 0, (error) => {
        if (error) { abandon(error); return }
        fs.fsync(fd, (syncError) => { if (syncError) abandon(syncError); else finish() })
      })
    }
    const zeroFrom = (position: number): void => {
      if (position >= bytes) { writeHeader(); return }
      fs.write(fd, zeros, 0, Math.min(zeros.length, bytes - position), position, (error, written) => {
        if (error) { abandon(error); return }
        // Flushed piece by piece: one large flush would stand in the way of the log's own for its whole length.
        fs.fdatasync(fd, (syncError) => { if (syncError) abandon(syncError); else zeroFrom(position + written) })
      })
    }
    zeroFrom(0)
  })
}
