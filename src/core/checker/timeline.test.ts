import { expect, test } from 'vitest'
import { HistoryRecorder } from './history'
import { timeline } from './timeline'

test('lanes, bars as long as operations overlap, an open end, and the one that has no place', () => {
  const recorder = new HistoryRecorder()
  const write = recorder.invoke(0, 'write', null, 1)
  const read = recorder.invoke(12, 'read', null, null)
  recorder.complete(read, 'ok', 1)
  recorder.invoke(3, 'write', null, 2)
  const again = recorder.invoke(12, 'read', null, null)
  recorder.complete(again, 'ok', null)
  recorder.complete(write, 'ok')
  const { operations } = recorder.history()
  expect(timeline(operations, operations[3] ?? null, 100)).toEqual([
    'process 0   ├ write 1 ─────────────────────┤',
    'process 12    ├ read 1 ┤   ├ ✗ read null ┤',
    'process 3                ├ write 2 ┄┄┄┄┄┄┄┄┄',
  ])
})

test('a drawing that is too wide goes on below', () => {
  const recorder = new HistoryRecorder()
  for (let i = 0; i < 8; i++) recorder.complete(recorder.invoke(0, 'write', null, `value ${String(i)}`), 'ok')
  const lines = timeline(recorder.history().operations, null, 60)
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
  expect(lines.join('').match(/write "value/g)?.length ?? 0).toBeGreaterThanOrEqual(6)
})

test('a process that goes on after an unknown outcome has a lane for each', () => {
  const recorder = new HistoryRecorder()
  recorder.invoke(0, 'write', null, 1)
  recorder.complete(recorder.invoke(0, 'read', null, null), 'ok', 1)
  expect(timeline(recorder.history().operations, null, 80).map((line) => line.slice(0, 9))).toEqual(['process 0', 'process 0'])
  expect(timeline([], null, 80)).toEqual([])
})
