import { describe, expect, it } from 'vitest'
import { unknown, type GroupObservation, type NodeObservation, type Position } from '../../../../core/observation'
import type { ClusterDerivation } from '../../../../core/observe/types'
import { reignOf, saidBy } from './model'

const none = unknown('not-reported')
const at = (value: bigint): Position => ({ unit: 'entries', lineage: 'a', value })
const group: GroupObservation = {
  groupId: 'main', role: 'follower', fence: { kind: 'raft-term', value: 7n }, leaderId: 'n2', members: [{ id: 'n2', name: 'two', address: 'x', voter: true }],
  log: { firstAvailable: none, last: at(12n), persisted: none, committed: at(0n), applied: none }, peers: [],
}
const observation = (over: Partial<NodeObservation>): NodeObservation => ({
  clusterId: 'c', nodeId: 'n1', name: 'n1', atMs: 1, rttMs: none, source: { endpoint: 'e', path: 'process' }, reachability: 'ok', groups: [group], links: [], alarms: [],
  version: none, storage: { usedBytes: none, inUseBytes: none, quotaBytes: none }, extras: {}, ...over,
})
const derivation = (leader: string | null, epoch: bigint): ClusterDerivation =>
  ({ leader: { value: leader, by: 'n1', atMs: 1 }, fence: { value: { kind: 'raft-term', value: epoch }, by: 'n1', atMs: 1 } }) as ClusterDerivation

describe('what a member says', () => {
  const lines = saidBy(observation({}), (id) => id.toUpperCase())[0]?.lines ?? []
  const said = (key: string): unknown => lines.find((line) => line.key === key)?.value
  it('is told line by line, and zero is not unknown', () => {
    expect(said('leader')).toBe('N2')
    expect(said('committed')).toBe('0')
    expect(said('applied')).toEqual(none)
  })
  it('is nothing where it does not answer', () => expect(saidBy(observation({ groups: [] }), String)).toEqual([]))
})

it('takes a new epoch and a new leader for an election, and no leader for none', () => {
  expect(reignOf(derivation('n1', 3n))).not.toBe(reignOf(derivation('n1', 4n)))
  expect(reignOf(derivation('n1', 3n))).not.toBe(reignOf(derivation('n2', 3n)))
  expect(reignOf(derivation(null, 3n))).toBeNull()
})
