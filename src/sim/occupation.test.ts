import { describe, expect, it } from 'vitest'
import { drawPlan } from './draw'
import type { FaultEvent, PlanOverrides } from './plan'
import { Simulation } from './simulation'
import type { Coverage } from './types'

const cellsOf = (protocol: 'raft' | 'paxos' | 'pbft', faults: readonly FaultEvent[], overrides: PlanOverrides = {}): Coverage['cells'] =>
  new Simulation(drawPlan(protocol, 3, { profile: 'calm', durationMs: 8_000, byzantine: [], faults, ...overrides })).run().coverage.cells

const clean: PlanOverrides['network'] = {
  delay: { shape: 'constant', minMs: 5, meanMs: 5 }, lossShare: 0, duplicationShare: 0, reorderingShare: 0, clogShare: 0, clogMs: 0,
}
const quiet: PlanOverrides = { network: clean, options: { ...drawPlan('raft', 3).options, snapshotAfterEntries: 0, checkpointInterval: 100 } }

describe('a fault is counted', () => {
  it('in idle where the first primary of PBFT leads, though nobody ever told of it', () => {
    expect(cellsOf('pbft', [{ kind: 'loss', share: 0.01, atMs: 4_000, untilMs: 4_001 }], quiet)).toEqual({ loss: { idle: 1 } })
  })

  it('in an election as long as nobody leads', () => {
    const faults: readonly FaultEvent[] = [{ kind: 'crash', node: 'leader', atMs: 4_000, untilMs: 6_000 }, { kind: 'delay', factor: 1, shape: 'constant', atMs: 4_010, untilMs: 4_020 }]
    for (const protocol of ['raft', 'paxos', 'pbft'] as const) expect(cellsOf(protocol, faults, quiet)).toEqual({ crash: { idle: 1 }, delay: { election: 1 } })
  })

  it('in a change of members from its first copy to the end of it, and not while a change is merely unheard of', () => {
    const change: FaultEvent = { kind: 'change-members', changes: [{ kind: 'set', id: 'n4', address: 'n4', member: 'voter', promote: false }], mode: 'auto', atMs: 4_000 }
    const blip = (atMs: number): FaultEvent => ({ kind: 'loss', share: 0.01, atMs, untilMs: atMs + 1 })
    for (const protocol of ['raft', 'paxos'] as const) {
      const cells = cellsOf(protocol, [change, blip(4_001), blip(7_500)], { ...quiet, nodes: 3, spares: 1 })
      expect(cells['change-members']).toEqual({ idle: 1 })
      expect(cells.loss).toEqual({ reconfiguration: 1, idle: 1 })
      // Its leader dies with it at once: what was not copied is not under way.
      const lost = cellsOf(protocol, [change, { kind: 'crash', node: 'leader', atMs: 4_000, untilMs: 4_200 }, blip(7_500)], { ...quiet, nodes: 3, spares: 1 })
      expect(lost.loss).toEqual({ idle: 1 })
    }
  })

  it('when it strikes: not a crash of what is down, nor a failure that no flush, read or message meets', () => {
    const cells = cellsOf('raft', [
      { kind: 'crash', node: 'n1', atMs: 3_000, untilMs: 6_000 }, { kind: 'crash', node: 'n1', atMs: 4_500, untilMs: 5_500 },
      { kind: 'pause', node: 'n1', atMs: 4_500, untilMs: 5_500 }, { kind: 'fsync-error', node: 'n1', atMs: 4_500, untilMs: 5_500 },
      { kind: 'misdirected-read', node: 'n1', atMs: 4_500, untilMs: 5_500 }, { kind: 'drop', from: 'n1', to: 'n2', nth: 1_000_000, atMs: 4_500 },
      { kind: 'fsync-error', node: 'n2', atMs: 4_600, untilMs: 7_000 }, { kind: 'drop', from: 'leader', to: 'n2', nth: 1, atMs: 4_500 },
    ], { ...quiet, nodes: 5 })
    expect(Object.keys(cells).sort()).toEqual(['crash', 'fsync-error'])
    expect(Object.values(cells.crash ?? {})).toEqual([1])
    expect(Object.values(cells['fsync-error'] ?? {})).toEqual([1])
  })
})
