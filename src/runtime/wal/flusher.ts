/**
 * One write and one fdatasync. The file has its length already, so the flush has no metadata to journal.
 *
 * Handing a flush to another thread and back costs two wake-ups, which on a quiet machine with a fast disk take as long as
 * the flush itself and stand in every commit. So while the disk answers fast, small flushes run on this thread; one slow
 * answer sends them back to the other thread, where a disk that stalls holds up nobody's heartbeats.
 */
import fs from 'node:fs'
import { WAL_LIMITS } from './limits'

type Flushed = (error: NodeJS.ErrnoException | null) => void

/** Whether flushes run on this thread, decided by how long the last ones took. */
export class DirectFlushes {
  private meanMs: number = WAL_LIMITS.directFlushSlowMs
  private waitFlushes = 0

  get allowed(): boolean {
    return this.waitFlushes === 0 && this.meanMs < WAL_LIMITS.directFlushMeanMsMax
  }

  took(ms: number): void {
    this.meanMs += (Math.min(ms, WAL_LIMITS.directFlushSlowMs) - this.meanMs) * WAL_LIMITS.directFlushGain
    if (ms >= WAL_LIMITS.directFlushSlowMs) this.waitFlushes = WAL_LIMITS.directFlushPause
    else if (this.waitFlushes > 0) this.waitFlushes -= 1
  }
}

/** Calls `durable` once all of `data` is on the disk at `position`, or with what went wrong; never before it returns. */
export function writeDurably(fd: number, data: Buffer, position: number, direct: boolean, durable: Flushed): void {
  if (data.length > WAL_LIMITS.directWriteBytesMax) {
    writeAll(fd, data, position, durable)
    return
  }
  try {
    // A small write only copies into the page cache.
    let written = 0
    while (written < data.length) written += fs.writeSync(fd, data, written, data.length - written, position + written)
    if (direct) fs.fdatasyncSync(fd)
  } catch (error) {
    process.nextTick(durable, error)
    return
  }
  if (direct) process.nextTick(durable, null)
  else fs.fdatasync(fd, durable)
}

/** Writes all of `data` on another thread; a short write is carried on. */
function writeAll(fd: number, data: Buffer, position: number, durable: Flushed): void {
  fs.write(fd, data, 0, data.length, position, (error, count) => {
    if (error) durable(error)
    else if (count < data.length) writeAll(fd, data.subarray(count), position + count, durable)
    else fs.fdatasync(fd, durable)
  })
}
