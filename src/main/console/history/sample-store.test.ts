import { afterEach, beforeEach, expect, test } from 'vitest'
import { present } from '../../../core/base'
import { openDatabase, type Sqlite } from './database'
import { scratch, START, type Scratch } from './recorded.fixture'
import { SampleStore } from './sample-store'

let place: Scratch
let db: Sqlite
beforeEach(() => {
  place = scratch()
  const opened = openDatabase(place.file, null, START)
  db = present(opened.ok ? opened.value.db : null, 'a new file can be opened')
})
afterEach(() => {
  db.close()
  place.dispose()
})

const rows = (table: string): number => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())

function flush(store: SampleStore, nowMs: number): void {
  db.transaction(() => store.flush(nowMs))()()
}

function fill(store: SampleStore, from: number, count: number): void {
  for (let i = from; i < from + count; i += 1) {
    store.append('c1', ['up', 'rtt-ms'].map((metric) => ({ nodeId: 'n1', metric: metric as 'up', atMs: START + i * 1_000, value: i })))
  }
}

test('a head that is sealed leaves nothing behind, and series share their times', () => {
  const store = new SampleStore(db)
  fill(store, 0, 100)
  flush(store, START)
  expect([rows('sample_head'), rows('chunk'), rows('times')]).toEqual([1, 0, 0])
  fill(store, 100, 500)
  flush(store, START)
  expect([rows('sample_head'), rows('chunk'), rows('times')]).toEqual([0, 2, 1])
  fill(store, 600, 5)
  flush(store, START)
  flush(store, START)
  expect(rows('sample_head')).toBe(1)
})

test('a flush that is not committed is done again in full', () => {
  const store = new SampleStore(db)
  fill(store, 0, 600)
  expect(() => db.transaction(() => {
    store.flush(START)
    throw new Error('no space')
  })()).toThrow('no space')
  expect([rows('series'), rows('chunk')]).toEqual([0, 0])
  flush(store, START)
  expect([rows('series'), rows('chunk')]).toEqual([2, 2])
  const again = new SampleStore(db)
  const query = { clusterId: 'c1', metrics: ['up'] as const, nodeIds: null, fromMs: START, toMs: START + 600_000, pointsMax: 4_000 }
  expect(again.query(query)[0]?.last).toEqual(Array.from({ length: 600 }, (_, i) => i))
})
