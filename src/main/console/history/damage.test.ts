import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom, type Random } from '../../../core/base'
import { ALL_EVENTS, observed, scratch, START, type Scratch } from './recorded.fixture'

let place: Scratch
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.dispose())

const RUNS = 200

function damage(bytes: Buffer, random: Random): Buffer {
  const kind = random.integer(0, 4)
  if (kind === 0) return bytes.subarray(0, random.integer(0, bytes.length))
  const copy = Buffer.from(bytes)
  if (kind === 1) {
    const from = random.integer(0, copy.length)
    copy.fill(random.integer(0, 256), from, from + random.integer(1, 9_000))
    return copy
  }
  // Half of the single flips hit the schema and the first pages, where it hurts most.
  const reach = kind === 2 ? copy.length : Math.min(copy.length, 16_384)
  for (let flips = random.integer(1, 9); flips > 0; flips -= 1) {
    const at = random.integer(0, reach)
    copy[at] = (copy[at] ?? 0) ^ (1 << random.integer(0, 8))
  }
  return copy
}

function useAll(seed: number): boolean {
  const history = place.open()
  for (let i = 0; i < 300; i += 1) history.record(observed('n1', START + 200_000 + i * 500, { index: seed + i }))
  history.tick()
  const answers = [
    history.moment('c1', START + 50_000), history.recording('c1', START, START + 400_000, 500), history.extent(null), history.events(ALL_EVENTS, null, 100),
    history.exportEvents({ ...ALL_EVENTS, text: 'n1' }, 'csv'), history.series({ clusterId: 'c1', metrics: ['up', 'rtt-ms'], nodeIds: null, fromMs: START, toMs: START + 400_000, pointsMax: 1_000 }),
  ]
  const recorded = history.recordEvents([{ atMs: START, clusterId: 'c1', nodeId: null, kind: 'console-started', severity: 'info', sentence: { key: 'console.started', parameters: {} } }])
  history.alerts.at(null, START)
  history.documents('settings').put('theme', seed)
  history.setRetention(1)
  place.clock.nowMs += 6_000
  history.tick()
  expect(answers.every((answer) => answer.ok || answer.error.code === 'unavailable')).toBe(true)
  expect(history.documents('settings').get('theme')).toBe(seed)
  // Whatever the file was like, one tick later there is one that works, and nothing acknowledged is lost.
  expect(history.status().recording).toBe(true)
  const found = history.events(ALL_EVENTS, null, 1_000)
  expect(found.ok && found.value.events.some(({ id }) => id === recorded[0]?.id)).toBe(true)
  const replaced = history.status().notices.length > 0
  history.close()
  return replaced
}

describe('a damaged file', () => {
  test(`never throws, and leaves a history that works (${RUNS} random damages)`, { timeout: 120_000 }, () => {
    const history = place.open()
    for (let i = 0; i < 900; i += 1) history.record(observed(`n${i % 3}`, START + i * 170, { index: i, rttMs: Math.sin(i) }))
    history.recordEvents(Array.from({ length: 50 }, (_, i) => ({ atMs: START + i, clusterId: 'c1', nodeId: 'n1', kind: 'node-up', severity: 'info' as const, sentence: { key: 'event.node-up', parameters: { name: 'n1' } } })))
    history.documents('settings').put('theme', 'dark')
    history.close()
    const sound = readFileSync(place.file)
    let replaced = 0
    for (let seed = 0; seed < RUNS; seed += 1) {
      place.dispose()
      place = scratch()
      writeFileSync(place.file, damage(sound, seededRandom(seed)))
      if (useAll(seed)) replaced += 1
    }
    expect(replaced).toBeGreaterThan(RUNS / 4)
  })
})
