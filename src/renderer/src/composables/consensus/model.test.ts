import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unknown, type Position } from '../../../../core/observation'
import type { EpochTimeline, LogPositions, TimelineSpan } from '../../../../core/observe/types'
import { electionsIn, kindOf, lanesOf, nextChange, spanAt } from './lanes'
import { positionScale } from './positions'

const span = (nodeId: string, fromMs: number, toMs: number, over: Partial<TimelineSpan> = {}): TimelineSpan => ({
  nodeId, fromMs, toMs, role: 'follower', fence: { kind: 'raft-term', value: 3n }, reachability: 'ok', ...over,
})
const at = (value: bigint, lineage = 'a'): Position => ({ unit: 'entries', lineage, value })
const log = (nodeId: string, first: bigint, applied: bigint, committed: bigint, last: bigint, lineage = 'a'): LogPositions => ({
  nodeId, name: nodeId, firstAvailable: at(first, lineage), applied: at(applied, lineage), committed: at(committed, lineage), persisted: at(last, lineage), last: at(last, lineage),
})

describe('epoch timeline', () => {
  const timeline: EpochTimeline = {
    spans: [span('n1', 0, 500, { role: 'leader' }), span('n1', 700, 1000), span('n2', 0, 1000)],
    marks: [
      { atMs: 600, kind: 'election-started', nodeId: 'n2', fence: { kind: 'raft-term', value: 4n } },
      { atMs: 640, kind: 'leader-elected', nodeId: 'n2', fence: { kind: 'raft-term', value: 4n } },
    ],
  }
  const members = [{ id: 'n2', name: 'n2' }, { id: 'n1', name: 'n1' }, { id: 'n3', name: 'n3' }]
  it('keeps the order of the members and a lane for one that was never heard', () => {
    expect(lanesOf(timeline, members, { fromMs: 0, toMs: 1000 }).map((lane) => [lane.nodeId, lane.spans.length])).toEqual([['n2', 1], ['n1', 2], ['n3', 0]])
  })
  it('clips spans to the range and leaves gaps as gaps', () => {
    const lane = lanesOf(timeline, members, { fromMs: 250, toMs: 750 })[1]
    expect(lane?.spans.map((one) => [one.start, one.end])).toEqual([[0, 0.5], [0.9, 1]])
    expect(lane && spanAt(lane, 600)).toBeUndefined()
    expect(lane && spanAt(lane, 400)?.role).toBe('leader')
  })
  it('counts elections and walks from change to change', () => {
    const lanes = lanesOf(timeline, members, { fromMs: 0, toMs: 1000 })
    expect(electionsIn(lanes)).toBe(1)
    expect(nextChange(lanes, 500, 1)).toBe(600)
    expect(nextChange(lanes, 700, -1)).toBe(640)
    expect(nextChange(lanes, 700, 1)).toBeNull()
  })
  it('draws one that does not answer as unreachable, whatever role it had', () => {
    expect(kindOf({ role: 'leader', reachability: 'timeout' })).toBe('unreachable')
    expect(kindOf({ role: unknown('not-reported'), reachability: 'ok' })).toBe('unknown')
    expect(kindOf({ role: 'primary', reachability: 'ok' })).toBe('leading')
  })
})

describe('log positions', () => {
  it('shows a difference of one entry at the end of a long log', () => {
    const scale = positionScale([log('n1', 1n, 1_000_000n, 1_000_000n, 1_000_000n), log('n2', 1n, 999_999n, 999_999n, 999_999n)], 'tail')
    expect(scale?.bars[1]?.missing).toBe(1n)
    expect((scale?.bars[0]?.last ?? 0) - (scale?.bars[1]?.last ?? 0)).toBeGreaterThan(0.03)
  })
  it('never compares positions of another lineage', () => {
    const scale = positionScale([log('n1', 1n, 5n, 5n, 9n), log('n2', 1n, 5n, 5n, 9n), log('n3', 1n, 90n, 90n, 99n, 'b')], 'whole')
    expect(scale?.to).toBe(9n)
    expect(scale?.bars[2]).toMatchObject({ last: null, missing: null, foreignLineage: true })
  })
  it('says nothing where nobody says anything', () => {
    const none = unknown('unreachable')
    expect(positionScale([{ nodeId: 'n1', name: 'n1', firstAvailable: none, applied: none, committed: none, persisted: none, last: none }], 'tail')).toBeNull()
  })
  it('keeps the order first, applied, committed, last on any scale', () => {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 62n }), { minLength: 4, maxLength: 4 }), fc.constantFrom('tail' as const, 'whole' as const), (values, scope) => {
      const [first = 0n, applied = 0n, committed = 0n, last = 0n] = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      const bar = positionScale([log('n1', first, applied, committed, last)], scope)?.bars[0]
      expect(bar?.first).toBeLessThanOrEqual(bar?.applied ?? -1)
      expect(bar?.applied).toBeLessThanOrEqual(bar?.committed ?? -1)
      expect(bar?.committed).toBeLessThanOrEqual(bar?.last ?? -1)
      expect(bar?.last).toBe(1)
    }))
  })
})
