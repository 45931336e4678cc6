import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { build } from 'rolldown'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/base'
import type { LogRecord, RecordLocation } from '../../src/runtime/ports'
import { openWal, type OpenedWal, type Wal } from '../../src/runtime/wal'
import { temporaryFolder } from './support/folders'
import { until } from './support/until'

const SEGMENT_BYTES = 4096
const KILLS = 60
const root = path.resolve(import.meta.dirname, '../..')
const writer = path.join(root, 'out/test-wal/writer.mjs')

const open = (directory: string) =>
  openWal({ directory, identity: { clusterId: 'c1', nodeId: 'n1' }, segmentBytes: SEGMENT_BYTES, nowMs: () => performance.now() })

async function opened(directory: string): Promise<OpenedWal> {
  const result = await open(directory)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const append = (wal: Wal, records: readonly LogRecord[]): Promise<readonly RecordLocation[]> => new Promise((resolve, reject) => {
  const locations = wal.append(records, (outcome) => {
    if (outcome.ok) resolve(locations)
    else reject(new Error(outcome.error.message))
  })
})
const close = (wal: Wal): Promise<void> => new Promise((resolve) => { wal.close(resolve) })
const numbered = (number: number, size = 700): LogRecord => ({ type: 1, payload: Buffer.from(`${number} ${'x'.repeat(size)}`) })
const numberOf = ({ payload }: LogRecord): number => Number.parseInt(Buffer.from(payload).toString(), 10)
const segmentsOf = (directory: string): string[] => fs.readdirSync(directory).filter((name) => name.endsWith('.log')).sort()
const segment = (sequence: number): string => `segment-${String(sequence).padStart(9, '0')}.log`

/** The new beginning is being written, or is known and segments before it are still there. */
function isMidway(directory: string): boolean {
  const file = path.join(directory, 'origin.json')
  if (fs.existsSync(`${file}.new`)) return true
  return fs.existsSync(file) && (JSON.parse(fs.readFileSync(file, 'utf8')) as { segment: number }).segment !== Number(segmentsOf(directory)[0]?.slice(8, 17))
}

/** The numbers that a restart finds, or why it does not start. */
async function recovered(directory: string): Promise<number[] | string> {
  const result = await open(directory)
  if (!result.ok) return result.error.code
  const numbers = [...result.value.recovered].map(numberOf)
  await close(result.value.wal)
  return numbers
}

/** Forty records, five in a segment; from number `needed` on they are needed. */
async function released(directory: string, needed: number): Promise<{ wal: Wal; locations: readonly RecordLocation[] }> {
  const { wal } = await opened(directory)
  const locations = await append(wal, Array.from({ length: 40 }, (_, i) => numbered(i + 1)))
  wal.release(locations[needed - 1] as RecordLocation)
  await until('the released segments are gone', 5_000, () => segmentsOf(directory)[0] === segment(Math.floor((needed - 1) / 5) + 1))
  return { wal, locations }
}

describe('a log whose beginning was released', () => {
  test('gives back whole segments, and keeps every record from there on, for reading and for the next start', async () => {
    const directory = temporaryFolder()
    const { wal, locations } = await released(directory, 23)
    const [first] = segmentsOf(directory)
    expect(first).toBe(segment(5))
    await until('bytesUsed is what is there', 5_000, () => wal.bytesUsed() === segmentsOf(directory).length * SEGMENT_BYTES)
    for (let number = 21; number <= 40; number += 1) expect(numberOf(wal.read(locations[number - 1] as RecordLocation))).toBe(number)
    await close(wal)
    expect(await recovered(directory)).toEqual(Array.from({ length: 20 }, (_, i) => i + 21))
    const again = await opened(directory)
    expect([...again.recovered].map(({ location }) => location)).toEqual(locations.slice(20))
    await append(again.wal, [numbered(41)])
    await close(again.wal)
    expect((await recovered(directory)).at(-1)).toBe(41)
  })

  test('keeps what is not durable yet, and releases it when it is', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    const all = append(wal, Array.from({ length: 40 }, (_, i) => numbered(i + 1)))
    const [late] = wal.append([numbered(41)], () => { /* waited for below */ })
    wal.release(late as RecordLocation)
    await all
    await until('all but the last segments are gone', 5_000, () => segmentsOf(directory)[0] === segment(9))
    expect(numberOf(wal.read(late as RecordLocation))).toBe(41)
    await close(wal)
    expect(await recovered(directory)).toEqual([41])
  })

  test('may be released thousands of times', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    const kept: RecordLocation[] = []
    let most = 0
    for (let number = 1; number <= 2_500; number += 1) {
      kept.push(...await append(wal, [numbered(number)]))
      if (kept.length > 10) kept.shift()
      wal.release(kept[0] as RecordLocation)
      if (number % 100 === 0) most = Math.max(most, segmentsOf(directory).length)
    }
    expect(most).toBeLessThan(50)
    await until('nothing more is to be removed', 5_000, () => segmentsOf(directory).length <= 5)
    await close(wal)
    const numbers = await recovered(directory)
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 2_500 - numbers.length + 1 + i))
    // Five segments of five records.
    expect(numbers.length).toBeLessThanOrEqual(25)
  })

  test('holds any sequence of appends, releases and restarts', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('append' as const), sizes: fc.array(fc.nat(1500), { minLength: 1, maxLength: 6 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    )
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const directory = temporaryFolder()
      let { wal } = await opened(directory)
      let locations: RecordLocation[] = []
      let needed = 1
      for (const each of steps) {
        if (each.kind === 'append') {
          const from = locations.length
          locations.push(...await append(wal, each.sizes.map((size, i) => numbered(from + i + 1, size))))
        } else if (each.kind === 'release' && locations.length > 0) {
          needed = Math.max(needed, 1 + Math.floor(each.share * (locations.length - 1)))
          wal.release(locations[needed - 1] as RecordLocation)
        } else if (each.kind === 'restart') {
          await close(wal)
          const again = await opened(directory)
          const found = [...again.recovered]
          wal = again.wal
          const numbers = found.map(numberOf)
          const first = numbers[0] ?? locations.length + 1
          expect(numbers).toEqual(Array.from({ length: locations.length - first + 1 }, (_, i) => first + i))
          if (locations.length > 0) expect(first).toBeLessThanOrEqual(needed)
          locations = [...locations.slice(0, first - 1), ...found.map(({ location }) => location)]
        }
        for (let number = needed; number <= locations.length; number += 1) expect(numberOf(wal.read(locations[number - 1] as RecordLocation))).toBe(number)
      }
      await close(wal)
    }), { numRuns: 60 })
  })
})

describe('a crash in the middle of a release', () => {
  const TAIL = Array.from({ length: 20 }, (_, i) => i + 21)

  test('before the new beginning is known: nothing was released', async () => {
    const directory = temporaryFolder()
    const { wal } = await opened(directory)
    await append(wal, Array.from({ length: 40 }, (_, i) => numbered(i + 1)))
    await close(wal)
    for (const half of ['', '{"format":1,"segm']) {
      fs.writeFileSync(path.join(directory, 'origin.json.new'), half)
      expect(await recovered(directory)).toHaveLength(40)
      expect(fs.existsSync(path.join(directory, 'origin.json.new'))).toBe(false)
    }
  })

  test('with any of the released segments still there: they go at the next start', async () => {
    const full = temporaryFolder()
    const { wal } = await opened(full)
    await append(wal, Array.from({ length: 40 }, (_, i) => numbered(i + 1)))
    await close(wal)
    const after = temporaryFolder()
    await close((await released(after, 21)).wal)
    for (let set = 0; set < 16; set += 1) {
      const directory = temporaryFolder()
      fs.cpSync(after, directory, { recursive: true })
      for (let i = 0; i < 4; i += 1) if ((set >> i) & 1) fs.copyFileSync(path.join(full, segment(i + 1)), path.join(directory, segment(i + 1)))
      expect(await recovered(directory)).toEqual(TAIL)
      expect(segmentsOf(directory)[0]).toBe(segment(5))
    }
  })

  test('a segment that was not released and is missing is damage, and so is a beginning that nobody can tell', async () => {
    const base = temporaryFolder()
    await close((await released(base, 21)).wal)
    const origin = fs.readFileSync(path.join(base, 'origin.json'), 'utf8')
    const damaged = async (damage: (directory: string) => void): Promise<number[] | string> => {
      const directory = temporaryFolder()
      fs.cpSync(base, directory, { recursive: true })
      damage(directory)
      return await recovered(directory)
    }
    for (const sequence of [5, 6, 7, 8]) expect(await damaged((directory) => { fs.unlinkSync(path.join(directory, segment(sequence))) })).toBe('corrupt')
    expect(await damaged((directory) => { for (const name of segmentsOf(directory)) fs.unlinkSync(path.join(directory, name)) })).toBe('corrupt')
    expect(await damaged((directory) => { fs.unlinkSync(path.join(directory, 'origin.json')) })).toBe('corrupt')
    expect(await damaged((directory) => { fs.writeFileSync(path.join(directory, 'origin.json'), origin.replace('5', '6')) })).toBe('corrupt')
    for (let at = 0; at < origin.length; at += 1) {
      const changed = Buffer.from(origin)
      changed[at] = (changed[at] as number) ^ 1
      expect(await damaged((directory) => { fs.writeFileSync(path.join(directory, 'origin.json'), changed) }), changed.toString()).toBe('corrupt')
    }
    expect(await damaged(() => undefined)).toEqual(TAIL)
  })

  test('a damaged first record behind the new beginning is told from a torn one', async () => {
    const base = temporaryFolder()
    const { wal } = await released(base, 21)
    await append(wal, [numbered(41)])
    await close(wal)
    const file = path.join(base, segment(5))
    const bytes = fs.readFileSync(file)
    bytes.fill(0, 32, 64)
    fs.writeFileSync(file, bytes)
    expect(await recovered(base)).toBe('corrupt')
  })
})

describe('a process that is killed with -9 while it appends and releases', () => {
  beforeAll(async () => {
    const input = path.join(root, 'test/integration/support/wal-writer.ts')
    await build({ input, platform: 'node', transform: { define: { __PLANTED__: 'false' } }, external: (id) => !id.startsWith('.') && !path.isAbsolute(id), output: { file: writer, format: 'es' } })
  })

  /** The last record it knew to be durable, and the first that it still needed. */
  const writeUntilKilled = (directory: string, seed: number, lines: number): Promise<{ durable: number; needs: number; complaints: string }> => new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, directory, String(SEGMENT_BYTES), String(seed)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let complaints = ''
    child.stderr.on('data', (chunk: Buffer) => { complaints += chunk.toString() })
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', () => {
      const told = output.slice(0, output.lastIndexOf('\n') + 1).split('\n')
      const last = (word: string): number => Number(told.findLast((each) => each.startsWith(`${word} `))?.slice(word.length + 1) ?? 0)
      resolve({ durable: last('durable'), needs: last('needs'), complaints })
    })
  })

  test(`${KILLS} times: every record that is needed and was durable is there, without a gap`, async () => {
    const directory = temporaryFolder()
    const random = seededRandom(20_262)
    let [durable, needs, crashedMidway] = [0, 1, 0]
    for (let cycle = 0; cycle < KILLS; cycle += 1) {
      const told = await writeUntilKilled(directory, cycle, random.integer(1, 60))
      expect(told.complaints).toBe('')
      durable = Math.max(durable, told.durable)
      needs = Math.max(needs, told.needs)
      if (isMidway(directory)) crashedMidway += 1
      const numbers = await recovered(directory)
      if (typeof numbers === 'string') throw new Error(numbers)
      const first = numbers[0] ?? 0
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => first + i))
      expect(first).toBeLessThanOrEqual(needs)
      expect(numbers.at(-1) ?? 0).toBeGreaterThanOrEqual(durable)
    }
    console.log(`${KILLS} kills, ${crashedMidway} of them in the middle of a release, ${durable} records`)
    expect(crashedMidway).toBeGreaterThan(0)
  }, 120_000)
})
