import fs from 'node:fs'
import path from 'node:path'

const WRITE_BYTES = 512
const WRITES = 1_000
const FILE_BYTES = 1024 * 1024

/** What one small write and its flush cost on this disk, with nothing else going on: the floor under every commit. */
export function measureFdatasync(folder: string): { readonly perSecond: number; readonly p50Ms: number } {
  const file = path.join(folder, 'fdatasync')
  const fd = fs.openSync(file, 'w')
  try {
    fs.writeSync(fd, Buffer.alloc(FILE_BYTES))
    fs.fsyncSync(fd)
    const block = Buffer.alloc(WRITE_BYTES, 1)
    const tookMs = Array.from({ length: WRITES }, (_, i) => {
      const begunMs = performance.now()
      fs.writeSync(fd, block, 0, WRITE_BYTES, (i * WRITE_BYTES) % FILE_BYTES)
      fs.fdatasyncSync(fd)
      return performance.now() - begunMs
    }).sort((a, b) => a - b)
    const sum = tookMs.reduce((total, each) => total + each, 0)
    return { perSecond: (WRITES * 1000) / sum, p50Ms: tookMs[WRITES / 2] ?? Number.NaN }
  } finally {
    fs.closeSync(fd)
    fs.rmSync(file)
  }
}
