import { describe, expect, it } from 'vitest'
import { AIMED_PROFILES, FAULT_KINDS, PROFILES, type FaultKind, type Profile } from '../plan'
import { adapterOf, PROTOCOLS } from '../protocols'
import { drawPlan } from './plan'

const seeds = Array.from({ length: 400 }, (_, i) => i + 1)

describe('drawn plans', () => {
  it('are the same for a seed, plain JSON, and of every kind', () => {
    const kinds = new Set<FaultKind>()
    const profiles = new Set<Profile>()
    for (const seed of seeds) {
      const plan = drawPlan('raft', seed)
      expect(JSON.parse(JSON.stringify(plan))).toEqual(drawPlan('raft', seed))
      profiles.add(plan.profile)
      for (const fault of plan.faults) kinds.add(fault.kind)
    }
    expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort())
    expect([...profiles].sort()).toEqual(PROFILES.filter((profile) => !['byzantine', 'tentative', 'options'].includes(profile) && !AIMED_PROFILES.some((aimed) => aimed === profile)).sort())
  })

  it.each(PROTOCOLS)('of %s damage and let lie no more than it tolerates', (protocol) => {
    for (const plan of [undefined, ...AIMED_PROFILES].flatMap((profile) => seeds.map((seed) => drawPlan(protocol, seed, profile === undefined ? {} : { profile })))) {
      const { nodes, byzantine, faults, options } = plan
      const bad = new Set(byzantine.map((each) => each.node))
      for (const fault of faults) if (fault.kind === 'bit-rot' || fault.kind === 'misdirected-write') bad.add(fault.node)
      expect(bad.size).toBeLessThanOrEqual(adapterOf(protocol).faultsMax(nodes))
      if (options.readMode === 'lease') expect(faults.some((fault) => fault.kind === 'pause' || fault.kind === 'clock-jump')).toBe(false)
    }
  })

  it('keep what they are told to', () => {
    const plan = drawPlan('raft', 9, { nodes: 5, spares: 0, durationMs: 1234, faults: [] })
    expect([plan.nodes, plan.durationMs, plan.faults.length, plan.clocks.length]).toEqual([5, 1234, 0, 5])
  })
})
