import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../core/base'
import type { LogRecord } from '../../runtime/ports'
import type { DiskPlan } from '../plan'
import { DamagedRead, SimulatedDisk } from './disk'

const PLAN: DiskPlan = { flushMinMs: 1, flushMeanMs: 1, sectorBytes: 512, tornShare: 0.5, capacityBytes: 1 << 20 }
const record = (value: number, bytes = 40): LogRecord => ({ type: 1 + (value % 100), payload: new Uint8Array(bytes).fill(value) })

/** A disk whose flushes end when the test says so. */
class Bench {
  readonly epochs: number[] = []
  readonly outcomes: string[] = []
  readonly disk: SimulatedDisk

  constructor(plan: Partial<DiskPlan> = {}, seed = 1) {
    this.disk = new SimulatedDisk({ ...PLAN, ...plan }, seededRandom(seed), () => 0, (_atMs, epoch) => { this.epochs.push(epoch) })
  }

  append(...records: LogRecord[]): readonly number[] {
    return this.disk.append(records, (result) => { this.outcomes.push(result.ok ? 'ok' : result.error.code) })
  }

  settle(): void {
    this.disk.flush()
    while (this.epochs.length > 0) this.disk.flushed(this.epochs.shift() ?? 0)
  }

  restart(): readonly number[] | string {
    this.disk.crash()
    this.epochs.length = 0
    const found = this.disk.recover()
    return found.ok ? found.value.map(({ payload }) => payload[0] ?? -1) : found.error.code
  }
}

describe('a simulated disk', () => {
  it('keeps what was flushed, and of the rest whole records from the front at most', () => {
    fc.assert(fc.property(fc.integer(), fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 12 }), fc.nat(12), (seed, sizes, flushed) => {
      const bench = new Bench({}, seed)
      const durable = Math.min(flushed, sizes.length)
      for (const [i, size] of sizes.entries()) {
        if (i < durable) {
          bench.append(record(i, size))
          bench.settle()
        } else bench.append(record(i, size))
      }
      bench.disk.flush()
      const found = bench.restart()
      expect(found).toEqual(Array.from({ length: found.length }, (_, i) => i))
      expect(found.length).toBeGreaterThanOrEqual(durable)
      expect(found.length).toBeLessThanOrEqual(sizes.length)
    }))
  })

  it('goes on behind what it found, as often as it is started', () => {
    fc.assert(fc.property(fc.integer(), fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.boolean()), { maxLength: 20 }), (seed, steps) => {
      const bench = new Bench({ tornShare: 0.7 }, seed)
      let durable = 0
      for (const [size, isCrash] of steps) {
        bench.append(record(durable, size))
        if (isCrash) {
          bench.disk.flush()
          const found = bench.restart()
          expect(typeof found).not.toBe('string')
          durable = found.length
        } else {
          bench.settle()
          durable++
        }
      }
      expect(bench.restart()).toEqual(Array.from({ length: durable }, (_, i) => i))
    }))
  })

  it('tears a flush at its sectors: some of it is there, and none of it was acknowledged', () => {
    const lengths = Array.from({ length: 60 }, (_, seed) => {
      const bench = new Bench({}, seed)
      bench.append(...Array.from({ length: 30 }, (_each, i) => record(i, 100)))
      bench.disk.flush()
      expect(bench.outcomes).toEqual([])
      return bench.restart().length
    })
    expect(lengths.some((length) => length > 0 && length < 30)).toBe(true)
    expect(lengths.some((length) => length === 0)).toBe(true)
  })

  it('finds every bit that turned before the last flush', () => {
    for (let seed = 0; seed < 300; seed++) {
      const bench = new Bench({}, seed)
      for (let i = 0; i < 4; i++) {
        bench.append(record(i, 37))
        bench.settle()
      }
      expect(bench.disk.rot()).toBe(true)
      expect(bench.restart()).toBe('corrupt')
    }
  })

  it('finds a sector that was written to a wrong place, and gives no wrong record', () => {
    const bench = new Bench()
    const places = Array.from({ length: 40 }, (_, i) => {
      const [place] = bench.append(record(i, 100))
      bench.settle()
      return place ?? 0
    })
    bench.disk.isMisdirectingNext = true
    bench.append(record(40, 100))
    bench.settle()
    let damaged = 0
    for (const [i, place] of places.entries()) {
      try {
        expect(bench.disk.read(place).payload[0]).toBe(i)
      } catch (error) {
        if (!(error instanceof DamagedRead)) throw error
        damaged++
      }
    }
    expect(damaged).toBeGreaterThan(0)
    expect(bench.restart()).toBe('corrupt')
  })

  it('fails a flush once, forgets what it held and takes nothing more until it is started again', () => {
    const bench = new Bench({ tornShare: 0 })
    bench.append(record(0))
    bench.settle()
    bench.disk.isFailingNext = true
    bench.append(record(1))
    bench.settle()
    expect(bench.outcomes).toEqual(['ok', 'disk-failed'])
    expect(() => bench.append(record(2))).toThrow('failed')
    expect(bench.restart()).toEqual([0])
  })

  it('is full when it is full', () => {
    const bench = new Bench({ capacityBytes: 300 })
    for (let i = 0; i < 8 && bench.outcomes.at(-1) !== 'no-space'; i++) {
      bench.append(record(i, 60))
      bench.settle()
    }
    expect(bench.outcomes).toContain('no-space')
  })

  it('gives space back and still finds the rest', () => {
    const bench = new Bench()
    const places = Array.from({ length: 50 }, (_, i) => {
      const [place] = bench.append(record(i, 400))
      bench.settle()
      return place ?? 0
    })
    const before = bench.disk.bytesUsed()
    bench.disk.release(places[30] ?? 0)
    expect(bench.disk.bytesUsed()).toBeLessThan(before)
    expect(bench.disk.read(places[40] ?? 0).payload[0]).toBe(40)
    expect(bench.restart()).toEqual(Array.from({ length: 20 }, (_, i) => 30 + i))
  })
})
