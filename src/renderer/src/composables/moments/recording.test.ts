import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { applyChange } from '../../../../core/observe'
import { silentObservation, type ClusterMoment, type NodeObservation } from '../../../../core/observation'
import { createRecording, momentAt } from './recording'

const said = (nodeId: string, atMs: number): NodeObservation =>
  silentObservation({ clusterId: 'c', nodeId, name: nodeId, atMs, source: { endpoint: nodeId, path: 'process' } }, 'timeout', `at ${atMs}`)
const base: ClusterMoment = { clusterId: 'c', atMs: 1_000, expected: [], observations: [said('n1', 900)] }

describe('a recording', () => {
  it('shows the base before the first change', () => {
    expect(momentAt(createRecording(base, [said('n1', 1_500)], 1_000, 9_000), 1_400).moment.observations).toEqual(base.observations)
  })
  it('shows a change from the moment on at which it was made', () => {
    const recording = createRecording(base, [said('n1', 1_500), said('n2', 6_000)], 1_000, 9_000)
    expect(momentAt(recording, 1_500).moment.observations).toEqual([said('n1', 1_500)])
    expect(momentAt(recording, 6_000).moment.observations).toEqual([said('n1', 1_500), said('n2', 6_000)])
  })
  it('gives at every moment what replaying all changes up to it gives', () => {
    const change = fc.record({ node: fc.constantFrom('n1', 'n2', 'n3'), atMs: fc.integer({ min: 1_001, max: 20_000 }) })
    fc.assert(fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 1_000, max: 20_000 }), (raw, atMs) => {
      const changes = raw.map(({ node, atMs: at }) => said(node, at)).sort((one, other) => one.atMs - other.atMs)
      const replayed = changes.filter((each) => each.atMs <= atMs).reduce(applyChange, base)
      expect(momentAt(createRecording(base, changes, 1_000, 20_000), atMs).moment.observations).toEqual(replayed.observations)
    }))
  })
})
