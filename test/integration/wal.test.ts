import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Result } from '../../src/core/base'
import type { LogRecord, StorageFailureCode } from '../../src/runtime/ports'
import { openWal, type OpenedWal, type Wal } from '../../src/runtime/wal'
import { mayMount, mountSmallDisk } from './support/disk'
import { temporaryFolder } from './support/folders'

const IDENTITY = { clusterId: 'c1', nodeId: 'n1' }
const SEGMENT_BYTES = 4096
const FIRST = 'segment-000000001.log'

const open = (directory: string, identity = IDENTITY, segmentBytes = SEGMENT_BYTES) =>
  openWal({ directory, identity, segmentBytes, nowMs: () => performance.now() })

async function opened(directory: string): Promise<OpenedWal> {
  const result = await open(directory)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const append = (wal: Wal, records: readonly LogRecord[]): Promise<Result<undefined, StorageFailureCode>> =>
  new Promise((resolve) => { wal.append(records, resolve) })
const close = (wal: Wal): Promise<void> => new Promise((resolve) => { wal.close(resolve) })
const record = (type: number, text: string): LogRecord => ({ type, payload: Buffer.from(text) })
const texts = (records: Iterable<LogRecord>): string[] => [...records].map(({ type, payload }) => `${type}:${Buffer.from(payload).toString()}`)

/** A log of three flushes, closed; returns where each flush begins and where the last one ends. */
async function threeFlushes(directory: string): Promise<{ starts: number[]; end: number }> {
  const { wal } = await opened(directory)
  const starts: number[] = []
  for (const word of ['first', 'second', 'third and last']) {
    starts.push(wal.bytesInUse())
    await append(wal, [record(7, word)])
  }
  const end = wal.bytesInUse()
  await close(wal)
  return { starts, end }
}

async function recoveredTexts(directory: string): Promise<string[] | string> {
  const result = await open(directory)
  if (!result.ok) return result.error.code
  const read = texts(result.value.recovered)
  await close(result.value.wal)
  return read
}

describe('a log that was closed', () => {
  test('reads back what was appended, in order, across segments', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    const written = Array.from({ length: 200 }, (_, i) => record(i % 256, 'x'.repeat(i) + i))
    const locations = wal.append(written.slice(0, 100), () => { /* the second append ends later */ })
    expect(texts([wal.read(locations[42] as number)])).toEqual(texts([written[42] as LogRecord]))
    expect(await append(wal, written.slice(100))).toEqual({ ok: true, value: undefined })
    expect(texts([wal.read(locations[42] as number)])).toEqual(texts([written[42] as LogRecord]))
    await close(wal)
    const again = await opened(directory)
    const recovered = [...again.recovered]
    expect(texts(recovered)).toEqual(texts(written))
    expect(recovered.map(({ location }) => location).slice(0, 100)).toEqual(locations)
    expect(again.wal.bytesUsed()).toBeGreaterThan(3 * SEGMENT_BYTES)
    await close(again.wal)
  })

  test('a burst over many segments leaves no gap between them at any moment', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    let done = false
    const look = (): void => {
      const segments = fs.readdirSync(directory).filter((name) => name.endsWith('.log')).sort()
      expect(segments).toEqual(segments.map((_name, i) => `segment-${String(i + 1).padStart(9, '0')}.log`))
      if (!done) setImmediate(look)
    }
    look()
    for (let burst = 0; burst < 10; burst += 1) await append(wal, Array.from({ length: 1 + burst }, (_, i) => record(1, 'b'.repeat(1500) + i)))
    done = true
    await close(wal)
    expect(await recoveredTexts(directory)).toHaveLength(55)
  })

  test('closing finishes what was appended, new segments included', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    const appended = append(wal, Array.from({ length: 20 }, (_, i) => record(1, 'c'.repeat(1000) + i)))
    await close(wal)
    expect(await appended).toMatchObject({ ok: true })
    expect(await recoveredTexts(directory)).toHaveLength(20)
  })

  test('many appends share one flush', async () => {
    const { wal } = await opened(temporaryFolder())
    await Promise.all(Array.from({ length: 50 }, (_, i) => append(wal, [record(1, String(i))])))
    expect(wal.statistics()).toMatchObject({ flushes: 1, records: 50 })
    await close(wal)
  })

  test('holds any sequence of appends, restarts included', async () => {
    const step = fc.oneof(
      fc.constant('restart' as const),
      fc.array(fc.record({ type: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 1500 }) }), { maxLength: 6 }),
    )
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const directory = temporaryFolder()
      const model: LogRecord[] = []
      let { wal } = await opened(directory)
      for (const each of steps) {
        if (each === 'restart') {
          await close(wal)
          const again = await opened(directory)
          expect(texts(again.recovered)).toEqual(texts(model))
          wal = again.wal
        } else {
          model.push(...each)
          await append(wal, each)
        }
      }
      await close(wal)
      expect(await recoveredTexts(directory)).toEqual(texts(model))
    }), { numRuns: 40 })
  })
})

describe('a torn tail', () => {
  test('cut short at every byte of the last record: the records before it are there, and the log goes on', async () => {
    const base = temporaryFolder()
    const { starts, end } = await threeFlushes(base)
    for (let at = starts[2] as number; at < end; at += 1) {
      const directory = temporaryFolder()
      fs.cpSync(base, directory, { recursive: true })
      fs.truncateSync(path.join(directory, FIRST), at)
      const { wal, recovered } = await opened(directory)
      const read = texts(recovered)
      const whole = read.length === 3
      // The last bytes of a record are padding: where nothing but padding was cut, the record is whole.
      expect(read).toEqual(['7:first', '7:second', ...(whole ? ['7:third and last'] : [])])
      if (at < end - 7) expect(whole).toBe(false)
      await append(wal, [record(7, 'after')])
      await close(wal)
      expect((await recoveredTexts(directory)).at(-1)).toBe('7:after')
    }
  })

  test('any byte of the last record changed: it is gone, never misread', async () => {
    const base = temporaryFolder()
    const { starts, end } = await threeFlushes(base)
    const whole = fs.readFileSync(path.join(base, FIRST))
    const padded = end - 8
    for (let at = starts[2] as number; at < end; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const directory = temporaryFolder()
        fs.cpSync(base, directory, { recursive: true })
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] as number) ^ mask
        fs.writeFileSync(path.join(directory, FIRST), damaged)
        const read = await recoveredTexts(directory)
        const expected = ['7:first', '7:second']
        if (at >= padded && read.length === 3) expect(read).toEqual([...expected, '7:third and last'])
        else expect(read).toEqual(expected)
      }
    }
  })

  test('pages of one flush that reached the disk out of order are a torn tail, not damage', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    await append(wal, [record(1, 'durable')])
    const from = wal.bytesInUse()
    await append(wal, [record(1, 'lost'), record(1, 'there'), record(1, 'there too')])
    await close(wal)
    const file = path.join(directory, FIRST)
    const bytes = fs.readFileSync(file)
    bytes.fill(0, from, from + 24)
    fs.writeFileSync(file, bytes)
    expect(await recoveredTexts(directory)).toEqual(['1:durable'])
    expect(await recoveredTexts(directory)).toEqual(['1:durable'])
  })
})

describe('damage before the tail', () => {
  test('any byte of an earlier flush changed is reported, and never dropped in silence', async () => {
    const base = temporaryFolder()
    const { starts } = await threeFlushes(base)
    const whole = fs.readFileSync(path.join(base, FIRST))
    for (let at = 0; at < (starts[2] as number); at += 1) {
      const directory = temporaryFolder()
      fs.cpSync(base, directory, { recursive: true })
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] as number) ^ 0x10
      fs.writeFileSync(path.join(directory, FIRST), damaged)
      const read = await recoveredTexts(directory)
      // Padding and the unused bytes of the segment header are covered by no checksum and carry no meaning.
      if (read !== 'corrupt') expect(read).toEqual(['7:first', '7:second', '7:third and last'])
      else expect(read).toBe('corrupt')
    }
  })

  test.each([['the first', 1], ['one in the middle', 2], ['the last that is sealed off', 3]])('%s segment missing', async (_name, missing) => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    for (let i = 0; i < 9; i += 1) await append(wal, [record(1, 'y'.repeat(1000) + i)])
    await close(wal)
    fs.unlinkSync(path.join(directory, `segment-00000000${missing}.log`))
    for (const name of fs.readdirSync(directory)) if (name === 'segment-000000004.log') fs.unlinkSync(path.join(directory, name))
    expect(await recoveredTexts(directory)).toBe('corrupt')
  })

  test('bytes of another place never pass for a record', async () => {
    const directory = temporaryFolder()
    const { starts, end } = await threeFlushes(directory)
    const file = path.join(directory, FIRST)
    const bytes = fs.readFileSync(file)
    bytes.copy(bytes, end, starts[2], end)
    fs.writeFileSync(file, bytes)
    expect(await recoveredTexts(directory)).toHaveLength(3)
  })
})

describe('whose folder it is', () => {
  test('a folder of another cluster or node is refused and left alone', async () => {
    const directory = temporaryFolder()
    await threeFlushes(directory)
    for (const other of [{ clusterId: 'c2', nodeId: 'n1' }, { clusterId: 'c1', nodeId: 'n2' }]) {
      const result = await open(directory, other)
      expect(result).toMatchObject({ ok: false, error: { code: 'wrong-folder' } })
    }
    expect(await recoveredTexts(directory)).toHaveLength(3)
  })

  test('two at once are refused, under any name of the folder', async () => {
    const directory = temporaryFolder()
    const link = `${directory}-link`
    fs.symlinkSync(directory, link)
    onTestFinished(() => { fs.unlinkSync(link) })
    const { wal } = await opened(directory)
    expect(await open(link)).toMatchObject({ ok: false, error: { code: 'in-use' } })
    await close(wal)
    expect(await recoveredTexts(link)).toEqual([])
  })
})

test.skipIf(!mayMount())('a full disk stops the log with no-space, and what was acknowledged is there', async () => {
  const directory = temporaryFolder()
  mountSmallDisk(directory, '64k')
  const { wal } = await opened(directory)
  let acknowledged = 0
  let outcome = await append(wal, [record(1, 'z'.repeat(1000))])
  for (; outcome.ok && acknowledged < 1000; acknowledged += 1) outcome = await append(wal, [record(1, 'z'.repeat(1000))])
  expect(outcome).toMatchObject({ ok: false, error: { code: 'no-space' } })
  expect(await append(wal, [record(1, 'more')])).toMatchObject({ ok: false, error: { code: 'no-space' } })
  await close(wal)
  const read = await recoveredTexts(directory)
  expect(read.length).toBeGreaterThanOrEqual(acknowledged)
})
