import fs from 'node:fs'

type Flushed = (error: NodeJS.ErrnoException | null) => void

/** Writes all of `data` at `position`, then calls back; a short write is carried on. */
export function writeAll(fd: number, data: Buffer, position: number, written: Flushed): void {
  fs.write(fd, data, 0, data.length, position, (error, count) => {
    if (error || count === data.length) { written(error); return }
    if (count === 0) { written(Object.assign(new Error('no byte was written'), { code: 'EIO' })); return }
    writeAll(fd, data.subarray(count), position + count, written)
  })
}

/** One write and one fdatasync. The file has its length already, so the flush has no metadata to journal. */
export function writeDurably(fd: number, data: Buffer, position: number, durable: Flushed): void {
  writeAll(fd, data, position, (error) => {
    if (error) durable(error)
    else fs.fdatasync(fd, durable)
  })
}
