import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentObservation, unknown, type NodeObservation } from '../../../core/observation'
import { DEFAULT_THRESHOLDS } from '../../../core/observe'
import { createLive, type Live, type Settled } from './live'

const none = unknown('not-measured')
const says = (nodeId: string, leaderId: string, term: bigint): NodeObservation => ({
  ...silentObservation({ clusterId: 'c', nodeId, name: nodeId, atMs: Date.now(), source: { endpoint: nodeId, path: 'simulated' } }, 'unknown', ''),
  reachability: 'ok',
  groups: [{
    groupId: 'g', role: nodeId === leaderId ? 'leader' : 'follower', fence: { kind: 'raft-term', value: term }, leaderId, members: none,
    log: { firstAvailable: none, last: none, persisted: none, committed: none, applied: none }, peers: [],
  }],
})

let live: Live
let settled: Settled[]
beforeEach(() => {
  vi.useFakeTimers()
  settled = []
  live = createLive({ nowMs: Date.now, thresholds: () => DEFAULT_THRESHOLDS, onSettled: (each) => settled.push(each) })
  live.expected('c', ['n1', 'n2', 'n3'].map((id) => ({ id, name: id, endpoint: id, voter: true })))
})
afterEach(() => {
  live.close()
  vi.useRealTimers()
})
const round = (leaderId: string, term: bigint): void => {
  for (const id of ['n1', 'n2', 'n3']) live.observed(says(id, leaderId, term))
  vi.advanceTimersByTime(100)
}

describe('live', () => {
  it('tells what arrives together as one moment, and what changed since the last', () => {
    round('n1', 1n)
    expect(settled).toHaveLength(1)
    expect(settled[0]).toMatchObject({ observations: [{}, {}, {}], derivation: { state: 'quorate' }, events: [] })
    round('n2', 2n)
    expect(settled[1]?.events.map((event) => event.kind)).toEqual(['role-changed', 'epoch-changed', 'leader-elected'])
  })

  it('lets what nobody renews grow stale with time alone', () => {
    round('n1', 1n)
    vi.advanceTimersByTime(10_000)
    live.tick()
    expect(settled.at(-1)).toMatchObject({ observations: [], derivation: { state: 'unknown' } })
  })

  it('finds no events across a time that nobody saw', () => {
    round('n1', 1n)
    live.forgetBefore()
    round('n2', 2n)
    expect(settled.at(-1)?.events).toEqual([])
  })
})
