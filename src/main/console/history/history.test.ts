import { existsSync, readdirSync, readFileSync as readFile, rmSync as rmFile, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlertState } from '../../../contract/health'
import type { NodeObservation } from '../../../core/observation'
import { applyChange, type MetricName } from '../../../core/observe'
import type { History, NewEvent } from './history'
import { ALL_EVENTS, observed, scratch, START, type Scratch } from './recorded.fixture'

let place: Scratch
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.dispose())

const value = <V>(result: { ok: true; value: V } | { ok: false; error: { message: string } }): V => {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const event = (atMs: number, change: Partial<NewEvent> = {}): NewEvent => ({
  atMs, clusterId: 'c1', nodeId: 'n1', kind: 'node-down', severity: 'warning', sentence: { key: 'event.node-up', parameters: { name: 'n1' } }, ...change,
})
const reopened = (history: History): History => {
  history.close()
  return place.open()
}

describe('observations', () => {
  const story = (count: number): NodeObservation[] =>
    Array.from({ length: count }, (_, i) => observed(`n${(i % 3) + 1}`, START + i * 170, {
      term: 1 + Math.floor(i / 100), index: i, rttMs: i % 7 === 0 ? 2 : 1, reachability: i % 50 === 49 ? 'timeout' : 'ok', role: i % 100 < 50 ? 'follower' : 'leader',
    }))
  const asOf = (all: readonly NodeObservation[], atMs: number): NodeObservation[] =>
    ['n1', 'n2', 'n3'].flatMap((id) => all.filter((each) => each.nodeId === id && each.atMs <= atMs).at(-1) ?? [])

  test('any past moment comes back as it was, before and after the file is opened again', () => {
    const all = story(1_500)
    let history = place.open()
    for (const each of all) {
      history.record(each)
      place.clock.nowMs = each.atMs
      if (each.atMs % 1_000 < 170) history.tick()
    }
    const checkAll = (): void => {
      fc.assert(fc.property(fc.integer({ min: -500, max: 1_500 * 170 + 5_000 }), (at) => {
        expect(value(history.moment('c1', START + at)).observations).toEqual(asOf(all, START + at))
      }), { numRuns: 100 })
    }
    checkAll()
    history = reopened(history)
    checkAll()
    expect(value(history.extent('c1'))).toEqual({ fromMs: START, toMs: START + 1_499 * 170 })
    expect(value(history.extent('other'))).toEqual({ fromMs: null, toMs: null })
  })

  test('a recording played from its base gives each moment between, and goes on where it ended', () => {
    const history = place.open()
    const all = story(900)
    for (const each of all) history.record(each)
    history.tick()
    const [fromMs, toMs] = [START + 20_000, START + 140_000]
    let { base, changes, completeUntilMs } = value(history.recording('c1', fromMs, toMs, 100))
    const inOne = value(history.recording('c1', fromMs, toMs, 5_000)).changes
    expect(changes).toEqual(inOne.filter((each) => each.atMs <= completeUntilMs))
    let moment = base
    let pages = 0
    const played: string[] = []
    const name = ({ nodeId, atMs }: NodeObservation): string => `${nodeId} ${atMs}`
    for (; ; pages += 1) {
      for (const change of changes) moment = applyChange(moment, change)
      played.push(...changes.map(name))
      for (const { nodeId, reachability, groups } of value(history.moment('c1', completeUntilMs)).observations) {
        const shown = moment.observations.find((each) => each.nodeId === nodeId)
        // Figures may be up to a refresh interval older; turns never.
        expect([shown?.reachability, shown?.groups[0]?.role, shown?.groups[0]?.fence]).toEqual([reachability, groups[0]?.role, groups[0]?.fence])
      }
      if (completeUntilMs >= toMs) break
      ;({ base, changes, completeUntilMs } = value(history.recording('c1', completeUntilMs, toMs, 100)))
    }
    expect(pages).toBeGreaterThan(1)
    expect(new Set(played).size).toBe(played.length)
    const silences = all.filter((each) => each.reachability === 'timeout' && each.atMs > fromMs && each.atMs <= toMs)
    expect(silences.map(name).filter((each) => !played.includes(each))).toEqual([])
  })

  test('a time when the console was off shows as age, not as a frozen truth', () => {
    let history = place.open()
    history.record(observed('n1', START))
    history = reopened(history)
    history.record(observed('n1', START + 3_600_000, { term: 2 }))
    expect(value(history.moment('c1', START + 1_800_000)).observations[0]?.atMs).toBe(START)
  })

  test('whom the cluster was expected to have, as of then', () => {
    const history = place.open()
    const member = (id: string): { id: string; name: string; endpoint: string; voter: boolean } => ({ id, name: id, endpoint: `${id}:1`, voter: true })
    history.recordExpected('c1', START, [member('n1')])
    history.recordExpected('c1', START + 5_000, [member('n1'), member('n2')])
    expect([START - 1, START, START + 6_000].map((at) => value(history.moment('c1', at)).expected.map(({ id }) => id))).toEqual([[], ['n1'], ['n1', 'n2']])
  })

  test('a clock that is set back loses nothing of what follows', () => {
    const history = place.open()
    history.record(observed('n1', START + 3_600_000, { term: 5 }))
    history.record(observed('n1', START, { term: 6 }))
    history.record(observed('n1', START + 500, { term: 7 }))
    const terms = [0, 600, 3_600_000].map((at) => value(history.moment('c1', START + at)).observations[0]?.groups[0]?.fence)
    expect(terms).toMatchObject([{ value: 6n }, { value: 7n }, { value: 5n }])
  })
})

describe('samples', () => {
  const query = { clusterId: 'c1', metrics: ['committed-index', 'load-p50-ms'] as MetricName[], nodeIds: null, pointsMax: 4_000 }

  test('come back exactly from heads and chunks, at full resolution and in buckets', () => {
    let history = place.open()
    for (let i = 0; i < 3_000; i += 1) {
      history.recordSamples('c1', [{ nodeId: 'n1', metric: 'load-p50-ms', atMs: START + i * 500, value: Math.sin(i) * 100 }])
      place.clock.nowMs = START + i * 500
      if (i % 100 === 0) history.tick()
    }
    history = reopened(history)
    const fine = value(history.series({ ...query, fromMs: START, toMs: START + 3_000 * 500, pointsMax: 4_000 }))[0]
    expect(fine?.last).toEqual(Array.from({ length: 3_000 }, (_, i) => Math.sin(i) * 100))
    const coarse = value(history.series({ ...query, fromMs: START, toMs: START + 3_000 * 500, pointsMax: 10 }))[0]
    expect(coarse?.atMs.length).toBeLessThanOrEqual(11)
    expect(Math.max(...(coarse?.maximum ?? []))).toBe(Math.max(...(fine?.last ?? [])))
    expect(coarse?.last.at(-1)).toBe(Math.sin(2_999) * 100)
  })

  test('a hole is a gap, not a zero, and the step tells how long a hole must be', () => {
    const history = place.open()
    for (const i of [0, 1, 2, 3, 60, 61, 62]) history.record(observed('n1', START + i * 1_000, { index: i }))
    const points = value(history.series({ ...query, fromMs: START, toMs: START + 100_000 }))[0]
    expect(points?.last).toEqual([0, 1, 2, 3, 60, 61, 62])
    expect(points?.stepMs).toBeGreaterThan(1_000)
    expect(points?.stepMs).toBeLessThan(57_000)
  })

  test('can be chosen by member, and other clusters\' do not appear', () => {
    const history = place.open()
    history.record(observed('n1', START))
    history.record(observed('n2', START))
    history.record({ ...observed('n1', START), clusterId: 'c2' })
    expect(value(history.series({ ...query, nodeIds: ['n2'], fromMs: START, toMs: START + 1 })).map(({ key }) => key)).toEqual([{ nodeId: 'n2', metric: 'committed-index' }])
  })
})

describe('events', () => {
  test('are paged newest first, filtered, and survive', () => {
    let history = place.open()
    history.recordEvents(Array.from({ length: 25 }, (_, i) => event(START + i, { kind: i % 2 === 0 ? 'node-up' : 'node-down' })))
    history = reopened(history)
    const first = value(history.events(ALL_EVENTS, null, 10))
    expect([first.events.length, first.more, first.events[0]?.atMs]).toEqual([10, true, START + 24])
    const second = value(history.events(ALL_EVENTS, first.events.at(-1)?.id ?? null, 100))
    expect([second.events.length, second.more]).toEqual([15, false])
    expect(value(history.events({ ...ALL_EVENTS, kinds: ['node-up'], fromMs: START + 20 }, null, 100)).events.length).toBe(3)
    expect(value(history.events({ ...ALL_EVENTS, text: 'ANSWERS' }, null, 100)).events.length).toBe(25)
    expect(value(history.events({ ...ALL_EVENTS, text: '100%' }, null, 100)).events.length).toBe(0)
    history.recordEvents([event(START + 99, { sentence: { key: 'event.node-up', parameters: { name: 'db_1%' } } })])
    expect(value(history.events({ ...ALL_EVENTS, text: 'b_1%' }, null, 100)).events.length).toBe(1)
  })

  test('the stored filter and the one for the tail agree', () => {
    const history = place.open()
    const heard: number[] = []
    const anyFilter = fc.record({
      clusterId: fc.constantFrom(null, 'c1', 'c2'), nodeIds: fc.subarray(['n1', 'n2']), kinds: fc.subarray(['node-up', 'node-down']),
      severities: fc.subarray(['info', 'warning'] as const), text: fc.constantFrom('', 'answers', 'n2', '_'), fromMs: fc.constantFrom(null, START + 5), toMs: fc.constantFrom(null, START + 15),
    })
    const pick = <V>(values: readonly V[], i: number): V => values[i % values.length] as V
    const events = Array.from({ length: 20 }, (_, i) => event(START + i, {
      clusterId: pick(['c1', 'c2', null], i), nodeId: pick(['n1', 'n2', null], i + 1), kind: pick(['node-up', 'node-down'], i), severity: pick(['info', 'warning'] as const, Math.floor(i / 2)),
      sentence: { key: 'event.node-up', parameters: { name: pick(['n1', 'n2'], i) } },
    }))
    fc.assert(fc.property(anyFilter, (filter) => {
      heard.length = 0
      const stop = history.tail(filter, ({ id }) => heard.push(id))
      const recorded = history.recordEvents(events)
      stop()
      const listed = value(history.events(filter, null, 1_000)).events.map(({ id }) => id).filter((id) => id >= (recorded[0]?.id ?? 0))
      expect(listed.reverse()).toEqual(heard)
    }), { numRuns: 60 })
  })

  test('are exported with formulas defused', () => {
    const history = place.open()
    history.recordEvents([event(START, { nodeId: '=cmd|calc', sentence: { key: 'event.node-up', parameters: { name: '@SUM(1),"x"' } } })])
    expect(value(history.exportEvents(ALL_EVENTS, 'csv'))).toEqual({
      rows: 1, truncated: false, text: 'time,cluster,node,kind,severity,text\r\n2023-11-14T22:13:20.000Z,c1,"\'=cmd|calc",node-down,warning,"\'@SUM(1),""x"" answers again."\r\n',
    })
    expect(JSON.parse(value(history.exportEvents(ALL_EVENTS, 'ndjson')).text)).toMatchObject({ cluster: 'c1', kind: 'node-down', text: '@SUM(1),"x" answers again.' })
  })
})

describe('alerts and documents', () => {
  const alert = (change: Partial<AlertState> = {}): AlertState => ({
    id: 'a1', clusterId: 'c1', issueKey: 'node-failed:n1', code: 'node-failed', severity: 'warning', phase: 'pending', nodeId: 'n1', peerId: null, sinceMs: START,
    firedAtMs: null, resolvedAtMs: null, seenAtMs: START, by: [], sentence: { key: 'event.node-up', parameters: {} }, cause: '', advice: '', acknowledged: null, silencedUntilMs: null, ...change,
  })
  test('each moment shows the alerts of its time', () => {
    let history = place.open()
    history.alerts.save([alert()], START)
    history.alerts.save([alert({ phase: 'firing', firedAtMs: START + 10 })], START + 10)
    history.alerts.save([alert({ phase: 'resolved', firedAtMs: START + 10, resolvedAtMs: START + 20 })], START + 20)
    history.alerts.save([alert({ id: 'a2', sinceMs: START + 30 })], START + 30)
    history = reopened(history)
    expect([START - 1, START, START + 15, START + 25, START + 40].map((at) => history.alerts.at(null, at).map(({ id, phase }) => `${id} ${phase}`))).toEqual([
      [], ['a1 pending'], ['a1 firing'], [], ['a2 pending'],
    ])
    expect(history.alerts.open().map(({ id }) => id)).toEqual(['a2'])
    expect(history.alerts.resolved('c1', START, 10).map(({ id }) => id)).toEqual(['a1'])
    expect(history.alerts.resolved('c2', START, 10)).toEqual([])
  })

  test('documents survive, large numbers included', () => {
    let history = place.open()
    history.documents('settings').put('theme', { dark: true, size: 2n ** 60n })
    history.documents('settings').put('gone', 1)
    history.documents('settings').remove('gone')
    history = reopened(history)
    expect(history.documents('settings').get('theme')).toEqual({ dark: true, size: 2n ** 60n })
    expect(history.documents('settings').keys()).toEqual(['theme'])
    expect(history.documents('other').get('theme')).toBeUndefined()
  })
})

describe('the file', () => {
  test('is readable by its owner only', () => {
    place.dispose()
    const history = place.open()
    history.recordEvents([event(START)])
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
    expect([dirname(place.file), place.file, `${place.file}-wal`].map(mode)).toEqual(['700', '600', '600'])
  })

  test('gives space back when old rows are dropped, and keeps what is young', () => {
    let history = place.open()
    const dayMs = 24 * 3_600_000
    for (let i = 0; i < 4_000; i += 1) history.record(observed(`n${i % 3}`, START + i * 500, { index: i, rttMs: Math.sin(i) }))
    history.recordEvents([event(START), event(START + 9 * dayMs)])
    place.clock.nowMs = START + 9 * dayMs
    history.record(observed('n9', START + 9 * dayMs))
    history.tick()
    history = reopened(history)
    const before = statSync(place.file).size
    history.setRetention(5)
    for (let i = 0; i < 5; i += 1) history.tick()
    history.close()
    expect(statSync(place.file).size).toBeLessThan(before * 0.65)
    const again = place.open()
    expect(value(again.events(ALL_EVENTS, null, 10)).events.map(({ atMs }) => atMs)).toEqual([START + 9 * dayMs])
    expect(value(again.moment('c1', START + 9 * dayMs)).observations.map(({ nodeId }) => nodeId)).toEqual(['n9'])
    expect(value(again.series({ clusterId: 'c1', metrics: ['up'], nodeIds: null, fromMs: START, toMs: START + dayMs, pointsMax: 100 }))).toEqual([])
  })

  test('forgets a cluster whole', () => {
    let history = place.open()
    for (let i = 0; i < 600; i += 1) history.record(observed('n1', START + i * 500))
    history.record({ ...observed('n1', START), clusterId: 'c2' })
    history.recordEvents([event(START)])
    history.tick()
    history.forget('c1')
    history = reopened(history)
    expect(value(history.extent('c1'))).toEqual({ fromMs: null, toMs: null })
    expect(value(history.events(ALL_EVENTS, null, 10)).events).toEqual([])
    expect(value(history.moment('c2', START)).observations.length).toBe(1)
  })

  test('that is full stops recording, says so, loses no event, and goes on when there is space', () => {
    const history = place.open()
    history.tick()
    history.limitBytes((history.bytes() ?? 0) + 64 * 1024)
    for (let i = 0; i < 3_000 && history.status().recording; i += 1) {
      history.recordEvents([event(START + i, { sentence: { key: 'event.node-up', parameters: { name: 'x'.repeat(500) } } })])
    }
    expect(history.status()).toEqual({ recording: false, notices: [{ key: 'notice.history.disk-full', parameters: {} }] })
    expect(history.bytes()).toBeNull()
    const last = history.recordEvents([event(START + 9_999)])
    expect(value(history.events(ALL_EVENTS, null, 1)).events[0]?.id).not.toBe(last[0]?.id)
    history.limitBytes(null)
    place.clock.nowMs += 6_000
    history.tick()
    expect(history.status()).toEqual({ recording: true, notices: [] })
    expect(value(history.events(ALL_EVENTS, null, 1)).events[0]?.id).toBe(last[0]?.id)
  })

  test('that cannot be written leaves the rest at work, and is begun when it can', () => {
    const folder = join(place.folder, 'later')
    writeFileSync(folder, 'not a folder')
    const changes: boolean[] = []
    const history = place.open({ file: join(folder, 'history.db') })
    history.onStatus(() => changes.push(history.status().recording))
    history.record(observed('n1', START))
    expect(history.documents('settings').put('theme', 'dark')).toBe(false)
    history.recordEvents([event(START)])
    expect([history.status().recording, history.moment('c1', START).ok, history.documents('settings').get('theme')]).toEqual([false, false, 'dark'])
    writeFileSync(join(place.folder, 'aside'), '')
    place.clock.nowMs += 6_000
    rmFile(folder)
    history.tick()
    expect([changes, value(history.moment('c1', START)).observations.length, value(history.events(ALL_EVENTS, null, 10)).events.length]).toEqual([[true], 1, 1])
  })

  test('of a newer version, or of something else, is set aside and never touched', () => {
    place.open().close()
    const bytes = Buffer.from(readFile(place.file))
    bytes.writeUInt32BE(99, 60) // user_version, SQLite file format section 1.3
    writeFileSync(place.file, bytes)
    const history = place.open()
    expect(history.status().notices).toMatchObject([{ key: 'notice.history.set-aside-newer', parameters: { version: 99 } }])
    const kept = readdirSync(place.folder).find((name) => name.includes('.newer-')) ?? ''
    expect(readFile(join(place.folder, kept)).equals(bytes)).toBe(true)
    history.close()
    writeFileSync(place.file, 'this is a diary, not a database, and someone may want it back')
    expect(place.open().status().notices).toMatchObject([{ key: 'notice.history.set-aside-corrupt' }])
    expect(readdirSync(place.folder).filter((name) => name.includes('.corrupt-')).length).toBe(1)
    expect(existsSync(place.file)).toBe(true)
  })
})
